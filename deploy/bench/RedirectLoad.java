import io.fingerpost.contract.api.HoldingsUpdate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Fills a broker's redirect table through the ways that everybody has: {@code RedirectLoad ORIGIN-PORT PEER-PORT RESOURCES PEERS
 * HOLDERS BUDGET}. It is the origin and all the peers, says {@code ORIGIN} when the origin answers, and then takes commands from
 * its standard input, until that ends:
 *
 * <ul>
 * <li>{@code load EDGE-PORT}: teaches the broker the resources, registers the peers and announces what they hold; then says
 * {@code LOADED} with counts and seconds
 * <li>{@code updates SECONDS PER-SECOND}: withdraws and announces further holdings; then says {@code UPDATED}
 * </ul>
 */
class RedirectLoad {
    private static final int CONNECTIONS = 128;
    private static final int UPDATE_CONNECTIONS = 4;
    /** Peers that announce more than their share and withdraw it again. */
    private static final int UPDATING_PEERS = 40;

    private final RedirectTable table;
    private final RedirectPeers peers;
    private final RegistryRequests registry;
    private final double keySeconds;
    private final List<byte[]> updates = new ArrayList<>();
    private int edge;
    private int updated;

    RedirectLoad(RedirectTable table, int peerPort, String budget) {
        long start = System.nanoTime();
        this.table = table;
        this.peers = new RedirectPeers(table.peers(), peerPort, budget);
        this.registry = new RegistryRequests(table, peers);
        this.keySeconds = secondsSince(start);
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    private String load() throws IOException {
        long start = System.nanoTime();
        learn();
        double learning = secondsSince(start);
        start = System.nanoTime();
        register();
        double registering = secondsSince(start);
        start = System.nanoTime();
        announce();
        return String.format(Locale.ROOT, "LOADED resources=%d peers=%d holdings=%d keys_s=%.1f learn_s=%.1f register_s=%.1f"
                + " announce_s=%.1f", table.resources(), table.peers(), table.holdings(), keySeconds, learning, registering,
                secondsSince(start));
    }

    private void learn() throws IOException {
        try (var requests = new ManyRequests(edge, CONNECTIONS, true)) {
            requests.send("resources", table.resources(), n -> head(RedirectTable.path(n)), 200, Double.MAX_VALUE, (_, _) -> {});
        }
    }

    private static byte[] head(String path) {
        return ("HEAD " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private void register() throws IOException {
        try (var requests = new ManyRequests(edge, CONNECTIONS, false)) {
            registry.register(requests);
        }
    }

    private void announce() throws IOException {
        try (var requests = new ManyRequests(edge, CONNECTIONS, false)) {
            registry.announce(requests);
        }
    }

    private String update(double seconds, double perSecond) throws IOException {
        if (updates.isEmpty()) {
            prepareUpdates();
        }
        double posts = perSecond / entries();
        try (var requests = new ManyRequests(edge, UPDATE_CONNECTIONS, false)) {
            long start = System.nanoTime();
            int count = (int) (seconds * posts);
            int first = updated;
            // In turns: a peer's next update is many requests away, so that none overtakes the one before.
            requests.send("updates", count, n -> updates.get((first + n) % updates.size()), 204, posts, (_, _) -> {});
            updated += count;
            double took = secondsSince(start);
            return String.format(Locale.ROOT, "UPDATED entries=%d seconds=%.2f per_second=%.0f", count * entries(), took,
                    count * entries() / took);
        }
    }

    private int entries() {
        return Math.min(HoldingsUpdate.MAX_ENTRIES, table.resources() / 10);
    }

    private int updatingPeers() {
        return Math.min(UPDATING_PEERS, table.peers());
    }

    /** All that is held in addition, in one round of announcements and one of withdrawals. */
    private void prepareUpdates() {
        var drops = new ArrayList<byte[]>();
        for (int peer = 0; peer < updatingPeers(); peer++) {
            var more = new ArrayList<Integer>();
            for (int n = peer; more.size() < entries(); n += table.resources() / (entries() + table.holders() + 1)) {
                if (!table.holds(peer, n % table.resources())) {
                    more.add(n % table.resources());
                }
            }
            updates.add(registry.hold(peer, more));
            drops.add(registry.drop(peer, more));
        }
        updates.addAll(drops);
    }

    private String obey(String[] command) throws IOException {
        switch (command[0]) {
            case "load" -> {
                edge = Integer.parseInt(command[1]);
                return load();
            }
            case "updates" -> {
                return update(Double.parseDouble(command[1]), Double.parseDouble(command[2]));
            }
            default -> throw new IllegalArgumentException("no such command: " + command[0]);
        }
    }

    public static void main(String[] arguments) throws IOException {
        var table = new RedirectTable(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]));
        new RedirectOrigin(Integer.parseInt(arguments[0])).start();
        var load = new RedirectLoad(table, Integer.parseInt(arguments[1]), arguments[5]);
        load.peers.start();
        System.out.println("ORIGIN");
        try (var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                System.out.println(load.obey(line.split(" ")));
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("RedirectLoad: " + e);
            System.exit(1);
        }
        System.exit(0); // the servers' threads would live on
    }
}
