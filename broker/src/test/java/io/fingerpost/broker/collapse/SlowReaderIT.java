package io.fingerpost.broker.collapse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Readers of all speeds, and less memory than a body takes. */
@Timeout(60)
class SlowReaderIT {
    private static final String PATH = "/map.pak";
    private static final int WINDOW = 8 * 1024;
    private static final int HALF = 100_000;
    private static final long MEMORY = 1 << 20;
    /** More than the broker's memory and what the kernel takes on the way to a client. */
    private static final StaticFile FILE = new StaticFile(Origins.bytes(12_000_000), "\"v1\"");

    @TempDir
    Path data;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    /** Opened when all are there that the first answer is for. */
    private final CountDownLatch joined = new CountDownLatch(1);

    private RawOrigin origin;
    private BrokerFixture broker;

    /** @param later what the origin does with all requests but the first, which gets the file */
    private void start(RawOrigin.Script later, String... settings) throws IOException {
        origin = new RawOrigin(connection -> {
            connection.readHead();
            if (origin.heads().size() == 1) {
                connection.write(FILE.head() + "\r\n").write(Arrays.copyOf(FILE.body(), HALF)).waitFor(joined);
                connection.write(Arrays.copyOfRange(FILE.body(), HALF, FILE.body().length));
            } else {
                later.play(connection);
            }
        });
        var all = new ArrayList<>(Arrays.asList(settings));
        all.add("spool.memory=1MiB");
        broker = new BrokerFixture(data, origin.url(), all.toArray(String[]::new));
    }

    @AfterEach
    void stop() throws IOException {
        joined.countDown();
        clients.shutdownNow();
        try {
            await().untilAsserted(() -> assertThat(spooledBytes()).isZero());
        } finally {
            broker.close();
            origin.close();
        }
    }

    private double spooledBytes() throws IOException {
        String name = "fingerpost_broker_spooled_bytes ";
        return broker.admin("/metrics").body().lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length()))).findFirst().orElseThrow();
    }

    /** A client that has read its head, and then takes nothing. */
    private RawClient stalled() throws IOException {
        var client = new RawClient(broker.edge(), WINDOW);
        client.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
        return client;
    }

    /** Some clients that take all at once, and get it, while {@code others} are there that do not. */
    private void serveFastOnes(int count, int others) throws Exception {
        var right = clients.submit(() -> new ManyClients(broker.edge(), PATH, FILE.body()).get(count));
        await().until(() -> broker.requests().equals(Map.of("origin unknown", count + others)));
        joined.countDown();
        assertThat(right.get()).isEqualTo(count);
        assertThat(origin.heads().stream().filter(head -> !head.contains("Range: "))).as("one copy for all").hasSize(1);
    }

    private void assertGetsTheRest(RawClient client) throws IOException {
        assertThat(Arrays.equals(client.readBody(FILE.body().length).getBytes(ISO_8859_1), FILE.body())).isTrue();
    }

    @Test
    void oneThatTakesNothingHoldsUpNobodyAndGoesOnWithTheRestLater() throws Exception {
        start(FILE::answer);
        try (var stalled = stalled()) {
            serveFastOnes(3, 1);
            assertThat(spooledBytes()).isLessThanOrEqualTo(MEMORY);

            assertGetsTheRest(stalled);
            assertThat(origin.heads()).hasSize(2);
            assertThat(origin.heads().get(1)).containsPattern("(?m)^Range: bytes=\\d+-\r?$")
                    .contains("If-Range: \"v1\"\r\n").startsWith("GET " + PATH + " ")
                    .doesNotContainIgnoringCase("Accept-Encoding");
        }
    }

    @Test
    void manyThatWereLeftBehindAllGetTheRest() throws Exception {
        start(FILE::answer);
        var stalled = new ArrayList<RawClient>();
        for (int i = 0; i < 8; i++) {
            stalled.add(stalled());
        }

        serveFastOnes(2, stalled.size());
        for (var client : stalled) {
            assertGetsTheRest(client);
            client.close();
        }
        assertThat(spooledBytes()).isLessThanOrEqualTo(MEMORY);
    }

    /** An origin without ranges sends all of it again, of which what is known already is passed over. */
    @Test
    void theRestMayComeFromAnOriginThatKnowsNoRanges() throws Exception {
        start(connection -> connection.write(FILE.head() + "\r\n").write(FILE.body()));
        try (var stalled = stalled()) {
            serveFastOnes(1, 1);

            assertGetsTheRest(stalled);
        }
    }

    private String restAfterTheOriginSends(RawOrigin.Script rest) throws Exception {
        start(rest);
        try (var stalled = stalled()) {
            serveFastOnes(1, 1);

            return stalled.readAll();
        }
    }

    private static void assertIsBrokenOff(String body) {
        assertThat(body.length()).isLessThan(FILE.body().length).isGreaterThan(WINDOW);
        byte[] got = body.getBytes(ISO_8859_1);
        assertThat(Arrays.equals(got, Arrays.copyOf(FILE.body(), got.length))).as("the beginning, and no mixture")
                .isTrue();
    }

    @Test
    void aFileThatChangedMeanwhileBreaksTheAnswerOffAndIsNeverMixedIn() throws Exception {
        var changed = new StaticFile(Origins.bytes(FILE.body().length - 1), "\"v2\"");

        assertIsBrokenOff(restAfterTheOriginSends(changed::answer));
    }

    @Test
    void aRestThatIsOfOtherBytesBreaksTheAnswerOff() throws Exception {
        assertIsBrokenOff(restAfterTheOriginSends(connection -> connection.write("HTTP/1.1 206 Partial Content\r\n"
                + "ETag: \"v1\"\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nhello")));
    }

    @Test
    void aRestThatIsTooShortBreaksTheAnswerOff() throws Exception {
        assertIsBrokenOff(restAfterTheOriginSends(connection -> connection.write("HTTP/1.1 206 Partial Content\r\n"
                + "ETag: \"v1\"\r\nContent-Range: " + "bytes "
                + StaticFile.field(connection, "Range").orElseThrow().substring("bytes=".length())
                + (FILE.body().length - 1) + "/" + FILE.body().length + "\r\nContent-Length: 0\r\n\r\n")));
    }

    @Test
    void anOriginThatIsGoneBreaksTheAnswerOff() throws Exception {
        assertIsBrokenOff(restAfterTheOriginSends(connection -> {}));
    }

    /** A new version comes in while a reader of the old one was left behind. */
    @Test
    void theRestIsNotTakenFromTheFetchOfAnotherVersion() throws Exception {
        var changed = new StaticFile(Origins.bytes(FILE.body().length - 1), "\"v2\"");
        start(changed::answer);
        try (var old = stalled()) {
            serveFastOnes(1, 1);
            try (var _ = new RawClient(broker.edge(), WINDOW).send("GET " + PATH
                    + " HTTP/1.1\r\nHost: x\r\nCache-Control: no-cache\r\n\r\n")) {
                await().until(() -> origin.heads().getLast().contains("no-cache"));

                assertIsBrokenOff(old.readAll());
            }
        }
    }

    @Test
    void aClientThatTakesNothingForTooLongIsGivenUp() throws Exception {
        start(FILE::answer, "edge.idle-timeout=1s");
        joined.countDown();
        try (var stalled = stalled()) {
            await().untilAsserted(() -> assertThat(spooledBytes()).isZero());

            assertThat(stalled.readAll().length()).isLessThan(FILE.body().length);
        }
    }

    @Test
    void whenMemoryIsTakenOtherRequestsArePassedOnWithoutIt() throws Exception {
        start(FILE::answer);
        joined.countDown();
        var stalled = new ArrayList<RawClient>();
        for (int i = 0; i < 20; i++) {
            var client = new RawClient(broker.edge(), WINDOW);
            client.send("GET " + PATH + "?" + i + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
            stalled.add(client);
        }

        assertThat(broker.get("/other").body()).isEqualTo(FILE.body());
        assertThat(spooledBytes()).isLessThanOrEqualTo(MEMORY);
        for (var client : stalled) {
            client.close();
        }
    }
}
