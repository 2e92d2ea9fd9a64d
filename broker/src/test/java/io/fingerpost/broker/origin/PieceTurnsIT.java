package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pieces come from the origin a few at a time, and nobody waits for long behind another. */
@Timeout(60)
class PieceTurnsIT {
    private static final Pattern RANGE = Pattern.compile("[Rr]ange: bytes=(\\d+)-(\\d+)");
    private static final int PIECE = 64 * 1024;
    private static final byte[] FILE = Origins.bytes(100 * PIECE);

    @TempDir
    Path data;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    /** Opened when the origin is to answer those whom it lets wait. */
    private final CountDownLatch answered = new CountDownLatch(1);
    /** It lets so many of its first requests wait. */
    private volatile int held = TurnWidth.FIRST;

    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void start() throws IOException {
        origin = new RawOrigin(connection -> {
            while (connection.readHead()) {
                if (origin.heads().size() <= held) {
                    connection.waitFor(answered);
                }
                answer(connection);
            }
        });
        broker = new BrokerFixture(data, origin.url());
    }

    private static void answer(RawOrigin.Connection connection) throws IOException {
        var range = RANGE.matcher(connection.head());
        if (!range.find()) {
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");
            return;
        }
        int first = Integer.parseInt(range.group(1));
        byte[] part = Arrays.copyOfRange(FILE, first, Integer.parseInt(range.group(2)) + 1);
        connection.write("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + range.group(1) + "-" + range.group(2)
                + "/" + FILE.length + "\r\nContent-Length: " + part.length + "\r\n\r\n").write(part);
    }

    @AfterEach
    void stop() throws IOException {
        answered.countDown();
        clients.shutdownNow();
        broker.close();
        origin.close();
    }

    private Future<HttpResponse<byte[]>> ask(int piece) {
        return clients.submit(() -> broker.get("/file", "Cache-Control", "no-cache", "Range",
                "bytes=" + piece * PIECE + "-" + ((piece + 1) * PIECE - 1)));
    }

    private static void assertIsPiece(int piece, HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(FILE, piece * PIECE, (piece + 1) * PIECE));
    }

    private int gauge(String name) throws IOException {
        return broker.admin("/metrics").body().lines().filter(line -> line.startsWith(name + " "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length() + 1))).findFirst()
                .orElseThrow();
    }

    @Test
    void othersWaitForTheirTurnAndWhatIsNoPieceDoesNot() throws Exception {
        held = Integer.MAX_VALUE;
        var asked = new ArrayList<Future<HttpResponse<byte[]>>>();
        await().until(() -> {
            for (int i = 0; i < 8; i++) {
                asked.add(ask(asked.size() % 100));
            }
            return gauge("fingerpost_broker_pieces_waiting") > 0;
        });
        held = 0;
        assertThat(broker.get("/other").body()).asString().isEqualTo("whole");
        assertThat(gauge("fingerpost_broker_piece_turns")).isEqualTo(TurnWidth.FIRST);

        answered.countDown();

        for (int i = 0; i < asked.size(); i++) {
            assertIsPiece(i % 100, asked.get(i).get(20, TimeUnit.SECONDS));
        }
        assertThat(gauge("fingerpost_broker_pieces_waiting")).isZero();
    }

    @Test
    void whoWaitsBehindSilenceGoesAllTheSame() throws Exception {
        var silent = List.of(ask(0), ask(1), ask(2), ask(3));
        await().until(() -> origin.heads().size() == TurnWidth.FIRST);

        var others = new ArrayList<Future<HttpResponse<byte[]>>>();
        for (int piece = 4; piece < 40; piece++) {
            others.add(ask(piece));
        }

        for (int i = 0; i < others.size(); i++) {
            assertIsPiece(4 + i, others.get(i).get(20, TimeUnit.SECONDS));
        }
        assertThat(silent).noneMatch(Future::isDone);
    }
}
