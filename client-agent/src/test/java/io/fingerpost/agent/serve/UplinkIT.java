package io.fingerpost.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.Peer;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.contract.UploadBudget;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that serves clients on real connections keeps to its bit rate. */
@Timeout(60)
class UplinkIT {
    private static final long RATE = 40_000_000;
    private static final Content FILE = Content.of(8 << 20, 1);
    private static final Content SMALL = Content.of(1_000, 2);

    @RegisterExtension
    private final Peer peer = new Peer(new UploadBudget(RATE, 16, 0), 100 << 20);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void hold() throws IOException {
        peer.holds(FILE);
        peer.holds(SMALL);
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Reads some megabytes of the file, counting them. */
    private Future<Void> reads(String address, int bytes, AtomicLong count) throws IOException {
        URI url = peer.url(FILE.digest());
        var client = RawClient.connect(address, url);
        client.send("GET " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1", "Host: peer");
        return threads.submit(() -> {
            try (client) {
                for (int left = bytes; left > 0; left -= 10_000) {
                    count.addAndGet(client.read(Math.min(left, 10_000)).length);
                }
            }
            return null;
        });
    }

    private static void awaitAll(List<Future<Void>> all) throws Exception {
        for (var one : all) {
            one.get();
        }
    }

    @Test
    void allClientsTogetherGetNoMoreThanItsRate() throws Exception {
        long start = System.nanoTime();
        var all = new ArrayList<Future<Void>>();
        for (int i = 0; i < 8; i++) {
            all.add(reads("127.0.0.1", 400_000, new AtomicLong()));
        }
        awaitAll(all);

        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(3_200_000 * 8 / seconds).as("bits a second").isLessThan(RATE * 1.2);
    }

    @Test
    void aClientHasItsPartHoweverManyConnectionsAnotherHas() throws Exception {
        var greedy = new AtomicLong();
        for (int i = 0; i < 8; i++) {
            reads("127.0.0.2", FILE.size(), greedy);
        }
        await().until(() -> greedy.get() > 1 << 20);
        long before = greedy.get();
        var modest = new AtomicLong();

        reads("127.0.0.3", 4 << 20, modest).get();

        assertThat((double) greedy.get() - before).as("what the other got meanwhile")
                .isCloseTo(modest.get(), within(modest.get() * 0.5));
    }

    @Test
    void aSmallFileIsThereAtOnceWhileOthersTakeLargeOnes() throws Exception {
        var large = new AtomicLong();
        for (int i = 0; i < 8; i++) {
            reads("127.0.0.2", FILE.size(), large);
        }
        await().until(() -> large.get() > 1 << 20);
        long before = large.get();

        assertThat(Http.get(peer.url(SMALL.digest())).body()).isEqualTo(SMALL.bytes());

        assertThat(large.get() - before).as("what the others got meanwhile").isLessThan(8L * FILE.size() / 2);
    }
}
