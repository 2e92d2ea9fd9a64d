package io.fingerpost.broker.metrics;

import io.fingerpost.broker.collapse.Flights;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.origin.OriginMeters;
import io.fingerpost.broker.origin.OriginProxy;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.broker.tls.EdgeCertificate;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.health.HealthMeters;
import io.fingerpost.registry.health.Outcome;
import io.fingerpost.registry.health.Panic;
import io.fingerpost.registry.health.ReportOutcome;
import io.fingerpost.registry.redis.SharedRegistry;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.swarm.SwarmMeters;
import io.fingerpost.registry.swarm.Swarms;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The broker's meters. Every request at the edge outside the reserved paths is counted exactly once in
 * {@code fingerpost_broker_requests_total}, under its decision and reason, and all of these exist from the start.
 */
public final class BrokerMetrics implements OriginMeters, HealthMeters, SwarmMeters, AutoCloseable {
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<Reason, Counter> requests = new EnumMap<>(Reason.class);
    private final Map<Reason, Counter> toPublicOrigin = new EnumMap<>(Reason.class);
    private final Counter suspects = Counter.builder("fingerpost.broker.suspects")
            .description("Times that a client came back seconds after it was sent to a peer").register(meters);
    private final DecisionTimes decisions = new DecisionTimes();
    private final AtomicInteger reloaded = new AtomicInteger(1);
    private final Counter redirectedBytes = Counter.builder("fingerpost.broker.redirected.bytes")
            .description("Size of what clients were redirected to; an estimate of what peers served").register(meters);
    private final Counter originBytes = Counter.builder("fingerpost.broker.origin.bytes")
            .description("Bytes of bodies that came from the origin").register(meters);
    private final Counter collapsed = Counter.builder("fingerpost.broker.collapsed.requests")
            .description("Requests that were answered by a fetch that another one had begun").register(meters);
    private final Map<ReportOutcome, Counter> reports = new EnumMap<>(ReportOutcome.class);
    private final Counter quarantines = Counter.builder("fingerpost.registry.quarantines")
            .description("Times that a peer went into quarantine").register(meters);
    private final Map<PlanOutcome, Counter> plans = new EnumMap<>(PlanOutcome.class);
    private final Map<PieceSource, Counter> pieces = new EnumMap<>(PieceSource.class);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public BrokerMetrics(Registry registry) {
        for (Reason reason : Reason.values()) {
            requests.put(reason, requests(decision(reason), reason));
            if (reason.isPlainMiss()) {
                toPublicOrigin.put(reason, requests("origin_redirect", reason));
            }
        }
        Gauge.builder("fingerpost.broker.config.last.reload.success", reloaded, AtomicInteger::get)
                .description("1 if the configuration was taken when it was last read, 0 if it was refused")
                .register(meters);
        for (Peer.State state : Peer.State.values()) {
            Gauge.builder("fingerpost.registry.peers", registry, known -> known.peerCount(state))
                    .description("Peers with a lease, by what clients can expect of them").tag("state", tag(state))
                    .register(meters);
        }
        for (ReportOutcome outcome : ReportOutcome.values()) {
            reports.put(outcome, Counter.builder("fingerpost.registry.reports")
                    .description("Clients' reports of peers that failed them, by what became of them")
                    .tag("outcome", outcome.tag()).register(meters));
        }
        for (PlanOutcome outcome : PlanOutcome.values()) {
            plans.put(outcome, Counter.builder("fingerpost.registry.plans")
                    .description("Agents' wishes to fetch something together with others, by what came of them")
                    .tag("outcome", outcome.tag()).register(meters));
        }
        for (PieceSource source : PieceSource.values()) {
            pieces.put(source, Counter.builder("fingerpost.registry.planned.bytes")
                    .description("Bytes that agents took as ordered and verified, by whom they came from")
                    .tag("source", source.tag()).register(meters));
        }
        Gauge.builder("fingerpost.registry.holdings", registry, Registry::holdingCount)
                .description("Representations held, counted once for each holder").register(meters);
        Gauge.builder("fingerpost.registry.resources", registry, known -> known.representations().size())
                .description("Resources whose representation is known").register(meters);
        meters.getPrometheusRegistry().register(decisions);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        gc.bindTo(meters);
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private Counter requests(String decision, Reason reason) {
        return Counter.builder("fingerpost.broker.requests").description("Requests at the edge by decision and reason")
                .tag("decision", decision).tag("reason", reason.tag()).register(meters);
    }

    private static String decision(Reason reason) {
        return reason == Reason.HELD ? "redirect" : reason.isRejection() ? "reject" : "origin";
    }

    public void count(Decision decision) {
        var counters = decision instanceof Decision.PublicOrigin ? toPublicOrigin : requests;
        Objects.requireNonNull(counters.get(decision.reason())).increment();
        if (decision instanceof Decision.Redirect redirect) {
            redirectedBytes.increment((double) redirect.representation().size());
        }
    }

    /** How long it took to decide. */
    public void recordDecision(long nanos) {
        decisions.record(nanos);
    }

    public void countSuspect() {
        suspects.increment();
    }

    @Override
    public void countProbe(Outcome outcome) {
        Counter.builder("fingerpost.registry.probes").description("Probes of peers by what came of them")
                .tag("outcome", outcome.tag()).register(meters).increment();
    }

    @Override
    public void countReport(ReportOutcome outcome) {
        Objects.requireNonNull(reports.get(outcome)).increment();
    }

    @Override
    public void countQuarantine() {
        quarantines.increment();
    }

    @Override
    public void countPlan(PlanOutcome outcome) {
        Objects.requireNonNull(plans.get(outcome)).increment();
    }

    @Override
    public void countPiece(PieceSource source, long bytes) {
        Objects.requireNonNull(pieces.get(source)).increment((double) bytes);
    }

    /** Shows how much is being fetched together. */
    public void watch(Swarms swarms) {
        Gauge.builder("fingerpost.registry.swarms", swarms, Swarms::count)
                .description("Representations that agents are fetching together").register(meters);
    }

    /** Shows whether most peers seem to fail. */
    public void watch(Panic panic) {
        Gauge.builder("fingerpost.registry.panic", panic, known -> known.getAsBoolean() ? 1 : 0)
                .description("1 while most peers fail at once, so that rather our own network does").register(meters);
    }

    /** Shows how a registry does that shares with others. */
    public void watch(SharedRegistry shared) {
        Gauge.builder("fingerpost.registry.sharing", shared, known -> known.isSharing() ? 1 : 0)
                .description("1 while Redis answers, 0 while this process goes on with what is at hand")
                .register(meters);
        Gauge.builder("fingerpost.registry.processes", shared, SharedRegistry::processes)
                .description("Brokers and registries that share, this one included").register(meters);
        Gauge.builder("fingerpost.registry.hot.representations", shared, SharedRegistry::hotRepresentations)
                .description("Representations whose holders are at hand").register(meters);
        Gauge.builder("fingerpost.registry.peers.at.hand", shared, known -> known.store().peersAtHand())
                .description("Peers that are at hand, whoever tends them").register(meters);
        Gauge.builder("fingerpost.registry.renewals.waiting", shared, SharedRegistry::waitingRenewals)
                .description("Renewed leases that wait to be written to Redis").register(meters);
    }

    /** The configuration was read again, and taken or refused. */
    public void reloaded(boolean taken) {
        reloaded.set(taken ? 1 : 0);
    }

    @Override
    public void countOriginBytes(long bytes) {
        originBytes.increment((double) bytes);
    }

    @Override
    public void countCollapsed() {
        collapsed.increment();
    }

    /** Shows how much memory bodies on their way take. */
    public void watch(Flights flights) {
        Gauge.builder("fingerpost.broker.spooled.bytes", flights, Flights::spooledBytes)
                .description("Memory that bodies on their way from the origin take").register(meters);
    }

    /** Shows how pieces come from the origin. */
    public void watch(OriginProxy origin) {
        Gauge.builder("fingerpost.broker.piece.turns", origin, OriginProxy::pieceTurns)
                .description("Pieces that may come from the origin at a time, as few as fill its line")
                .register(meters);
        Gauge.builder("fingerpost.broker.pieces.waiting", origin, OriginProxy::waitingForTurn)
                .description("Requests for pieces that wait for their turn").register(meters);
    }

    /** Shows when the edge's certificate ends. */
    public void watch(EdgeCertificate certificate) {
        Gauge.builder("fingerpost.broker.certificate.expiry", certificate, known -> known.expiry().getEpochSecond())
                .description("When the edge's certificate ends, in seconds since 1970").baseUnit("seconds")
                .register(meters);
    }

    @Override
    public void countOriginFailure(OriginFailure why) {
        Counter.builder("fingerpost.broker.origin.failures").description("Requests that the origin gave no answer to")
                .tag("kind", tag(why)).register(meters).increment();
    }

    /** All meters in the Prometheus text format. */
    public String scrape() {
        return meters.scrape();
    }

    @Override
    public void close() {
        gc.close();
        meters.close();
    }
}
