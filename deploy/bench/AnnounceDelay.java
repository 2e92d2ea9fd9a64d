import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How long it takes from the moment that a peer says what it holds until a broker elsewhere sends a client to it. Each round has a
 * resource of its own, which the broker was asked for before and nobody held, and another peer.
 */
final class AnnounceDelay {
    private static final int CONNECTIONS = 32;
    private static final int REDIRECTED = 302;
    private static final long PAUSE_MILLIS = 1;
    private static final double LONGEST_MILLIS = 10_000;

    private final RedirectTable table;
    private final RegistryRequests registry;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).build();
    private int next;
    private int asked;

    AnnounceDelay(RedirectTable table, RegistryRequests registry) {
        this.table = table;
        this.registry = registry;
        this.next = table.resources();
    }

    /**
     * Lets a broker learn what some resources are, and asks it for the bytes of each once.
     *
     * @return for how many of them it sent the client elsewhere
     */
    int learn(int from, int to, int broker) throws IOException {
        try (var requests = new ManyRequests(broker, CONNECTIONS, true)) {
            requests.send("resources", to - from, n -> head(RedirectTable.path(from + n)), 200, Double.MAX_VALUE,
                    (_, _) -> {});
        }
        int redirected = 0;
        for (int n = from; n < to; n++) {
            redirected += isRedirected(n, broker) ? 1 : 0;
        }
        return redirected;
    }

    private static byte[] head(String path) {
        return ("HEAD " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Asks as a client that was not seen before. */
    private boolean isRedirected(int resource, int broker) throws IOException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + broker + RedirectTable.path(resource)))
                .header("User-Agent", "bench-" + asked++).build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == REDIRECTED;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /**
     * So many rounds.
     *
     * @param at the port where the peers say what they hold
     * @param broker that is asked
     */
    String measure(int rounds, int at, int broker) throws IOException {
        int first = next;
        next += rounds;
        if (learn(first, next, broker) > 0) {
            throw new IOException("clients were sent to peers for what nobody holds");
        }
        var millis = new double[rounds];
        try (var announcing = new ManyRequests(at, 1, false)) {
            for (int round = 0; round < rounds; round++) {
                millis[round] = delay(announcing, first + round, broker);
            }
        }
        Arrays.sort(millis);
        return String.format(Locale.ROOT, "DONE delays=%d p50_ms=%.2f p99_ms=%.2f max_ms=%.2f", rounds,
                millis[(rounds - 1) / 2], millis[(int) Math.ceil(rounds * 0.99) - 1], millis[rounds - 1]);
    }

    private double delay(ManyRequests announcing, int resource, int broker) throws IOException {
        byte[] announcement = registry.hold(resource % table.peers(), List.of(resource));
        long start = System.nanoTime();
        announcing.send("announcement", 1, _ -> announcement, 204, Double.MAX_VALUE, (_, _) -> {});
        while (!isRedirected(resource, broker)) {
            if (millisSince(start) > LONGEST_MILLIS) {
                throw new IOException("what was announced is still not used after " + LONGEST_MILLIS + " ms");
            }
            pause();
        }
        return millisSince(start);
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) * 1e-6;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
