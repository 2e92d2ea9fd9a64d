package io.fingerpost.agent.gateway;

/** How things stand, for Prometheus (text format 0.0.4). */
public final class AgentMetrics {
    /** Where the gateway answers with it. */
    public static final String PATH = "/.well-known/fingerpost-agent/metrics";

    private final StringBuilder text = new StringBuilder();

    private AgentMetrics() {}

    /** One sample for each family. */
    public static String of(AgentStatus status) {
        return new AgentMetrics()
                .gauge("registered", "1 if the agent has a lease", status.registered() ? 1 : 0)
                .gauge("reachable", "1 if clients are sent here", status.reachability().reachable() ? 1 : 0)
                .gauge("holdings", "Complete files in the store", status.holdings())
                .gauge("stored_bytes", "What the store takes", status.storedBytes())
                .gauge("stored_bytes_max", "What it may take", status.maxBytes())
                .gauge("uploads", "Transfers to other clients that are under way", status.uploads())
                .gauge("downloads", "Transfers from others that are under way", status.downloads().size())
                .gauge("month_bytes", "Sent to other clients this month", status.servedThisMonth())
                .counter("served_bytes", "Sent to other clients since the start", status.servedBytes())
                .counter("fetched_peer_bytes", "Verified bytes from peers since the start", status.fetchedFromPeers())
                .counter("fetched_origin_bytes", "Bytes from the origin since the start",
                        status.fetchedFromOrigin()).text
                .toString();
    }

    private AgentMetrics gauge(String name, String help, long value) {
        return sample(name, "gauge", help, value);
    }

    private AgentMetrics counter(String name, String help, long value) {
        return sample(name + "_total", "counter", help, value);
    }

    private AgentMetrics sample(String name, String type, String help, long value) {
        text.append("# HELP fingerpost_agent_%1$s %2$s\n# TYPE fingerpost_agent_%1$s %3$s\nfingerpost_agent_%1$s %4$d\n"
                .formatted(name, help, type, value));
        return this;
    }
}
