import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Loads a registry through its API: {@code RegistryLoad REGISTRY-PORT PEER-PORT RESOURCES PEERS HOLDERS BUDGET}. It is all the peers, and
 * takes commands from its standard input, until that ends; each is answered with a line when it is done:
 *
 * <ul>
 * <li>{@code register}: all peers
 * <li>{@code announce}: what they hold
 * <li>{@code heartbeats SECONDS PER-SECOND}: of one after the other
 * <li>{@code write FILE}: writes the heartbeats of all, a line for each
 * <li>{@code announcements SECONDS PER-SECOND}: of one holding each, which come and go
 * <li>{@code origin PORT}: is the brokers' origin from now on
 * <li>{@code learn FROM TO BROKER-PORT}: asks a broker what these resources are, and then for each; says how often it redirected
 * <li>{@code delays ROUNDS PORT BROKER-PORT}: from an announcement at the one port until a redirect at the other, see
 * {@link AnnounceDelay}
 * </ul>
 */
class RegistryLoad {
    private static final int CONNECTIONS = 64;

    private final RedirectTable table;
    private final RegistryRequests registry;
    private final AnnounceDelay delays;
    private final int edge;
    private byte[][] heartbeats = {};

    RegistryLoad(int edge, RedirectTable table, RedirectPeers peers) {
        this.edge = edge;
        this.table = table;
        this.registry = new RegistryRequests(table, peers);
        this.delays = new AnnounceDelay(table, registry);
    }

    private interface Sending {
        int send(ManyRequests requests) throws IOException;
    }

    private String timed(String what, Sending sending) throws IOException {
        long start = System.nanoTime();
        try (var requests = new ManyRequests(edge, CONNECTIONS, false)) {
            int count = sending.send(requests);
            double seconds = (System.nanoTime() - start) * 1e-9;
            return String.format(Locale.ROOT, "DONE %s=%d seconds=%.3f per_second=%.0f", what, count, seconds,
                    count / seconds);
        }
    }

    private int send(ManyRequests requests, String what, double seconds, double perSecond, byte[][] each, int status)
            throws IOException {
        int[] sent = {0};
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) { // in short runs, since how fast it goes is not known before
            int count = (int) Math.max(1, Math.min(perSecond, 20_000) / 4);
            requests.send(what, count, _ -> each[sent[0]++ % each.length], status, perSecond, (_, _) -> {});
        }
        return sent[0];
    }

    private byte[][] heartbeats() {
        if (heartbeats.length == 0) {
            heartbeats = IntStream.range(0, table.peers()).mapToObj(registry::heartbeat).toArray(byte[][]::new);
        }
        return heartbeats;
    }

    /** Each peer comes with something that nobody else has, and goes without it again. */
    private byte[][] announcements() {
        int few = Math.min(table.peers(), 1_000);
        return IntStream.range(0, 2 * few).mapToObj(n -> {
            var one = List.of(table.resources() + n % few);
            return n < few ? registry.hold(n, one) : registry.drop(n - few, one);
        }).toArray(byte[][]::new);
    }

    private String obey(String[] command) throws IOException {
        return switch (command[0]) {
            case "register" -> timed("registrations", requests -> {
                registry.register(requests);
                return table.peers();
            });
            case "announce" -> timed("holdings", requests -> {
                registry.announce(requests);
                return (int) table.holdings();
            });
            case "heartbeats" -> {
                byte[][] each = heartbeats();
                yield timed("heartbeats", requests -> send(requests, "heartbeats", Double.parseDouble(command[1]),
                        Double.parseDouble(command[2]), each, 200));
            }
            case "write" -> {
                try (var out = Files.newBufferedWriter(Path.of(command[1]), StandardCharsets.US_ASCII)) {
                    for (byte[] heartbeat : heartbeats()) {
                        out.write(new String(heartbeat, StandardCharsets.US_ASCII).replace("\r\n", "\\r\\n") + "\n");
                    }
                }
                yield "DONE";
            }
            case "announcements" -> {
                byte[][] each = announcements();
                yield timed("announcements", requests -> send(requests, "announcements", Double.parseDouble(command[1]),
                        Double.parseDouble(command[2]), each, 204));
            }
            case "origin" -> {
                new RedirectOrigin(Integer.parseInt(command[1])).start();
                yield "DONE";
            }
            case "learn" -> "DONE redirected=" + delays.learn(Integer.parseInt(command[1]), Integer.parseInt(command[2]),
                    Integer.parseInt(command[3]));
            case "delays" -> delays.measure(Integer.parseInt(command[1]), Integer.parseInt(command[2]),
                    Integer.parseInt(command[3]));
            default -> throw new IllegalArgumentException("no such command: " + command[0]);
        };
    }

    public static void main(String[] arguments) throws IOException {
        var table = new RedirectTable(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]));
        var peers = new RedirectPeers(table.peers(), Integer.parseInt(arguments[1]), arguments[5]);
        peers.start();
        var load = new RegistryLoad(Integer.parseInt(arguments[0]), table, peers);
        System.out.println("READY");
        try (var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                System.out.println(load.obey(line.split(" ")));
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("RegistryLoad: " + e);
            System.exit(1);
        }
        System.exit(0); // the servers' threads would live on
    }
}
