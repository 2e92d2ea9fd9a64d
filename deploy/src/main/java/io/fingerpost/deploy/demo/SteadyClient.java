package io.fingerpost.deploy.demo;

import io.fingerpost.contract.Sha256;
import io.fingerpost.deploy.demo.FileCollection.RealFile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A client that verifies and asks one broker all the time, whatever becomes of other processes. It goes where it is sent once, and
 * not on to anywhere else: what one answer cannot give has failed.
 */
final class SteadyClient {
    private static final Duration PAUSE = Duration.ofMillis(50);
    /** One of so many requests is for something that no agent has. */
    private static final int UNHELD = 4;

    private final DemoClient client;
    private final String broker;
    private final List<String> peers;
    private final List<RealFile> held = new CopyOnWriteArrayList<>();
    private final List<RealFile> unheld;
    private final AtomicInteger redirected = new AtomicInteger();
    private final AtomicInteger fromOrigin = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger corrupt = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong slowest = new AtomicLong();
    private final Thread thread = Thread.ofVirtual().name("steady client").unstarted(this::run);
    private volatile @Nullable String firstFailure;
    private volatile boolean isEnding;

    /**
     * @param broker that it asks
     * @param peers that live, to which it may be sent
     * @param held files that these have
     * @param unheld files that no agent fetches
     */
    SteadyClient(DemoClient client, String broker, List<String> peers, List<RealFile> held,
            List<RealFile> unheld) {
        this.client = client;
        this.broker = broker;
        this.peers = peers;
        this.held.addAll(held);
        this.unheld = unheld;
    }

    void start() {
        thread.start();
    }

    /** From now on it asks for that as well. */
    void askAlsoFor(RealFile file) {
        held.add(file);
    }

    /** Answers so far that were redirects, followed to the right bytes. */
    int redirected() {
        return redirected.get();
    }

    /**
     * What came of it.
     *
     * @param slowest until an answer, and what it leads to, was there as a whole
     * @param firstFailure why the first one failed
     */
    record Outcome(int requests, int redirected, int fromOrigin, int failed, int corrupt, long bytes, Duration slowest,
            Optional<String> firstFailure) {}

    /** Ends it after the request that is under way. */
    Outcome end() throws InterruptedException {
        isEnding = true;
        thread.join();
        int requests = redirected.get() + fromOrigin.get() + failed.get() + corrupt.get();
        return new Outcome(requests, redirected.get(), fromOrigin.get(), failed.get(), corrupt.get(), bytes.get(),
                Duration.ofNanos(slowest.get()), Optional.ofNullable(firstFailure));
    }

    private void run() {
        try {
            for (int i = 0; !isEnding; i++) {
                request(i % UNHELD == 0
                        ? unheld.get(i / UNHELD % unheld.size())
                        : held.get(i % held.size()));
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void request(RealFile file) throws InterruptedException {
        long start = System.nanoTime();
        try {
            var answer = client.askVerifying(broker, file);
            if (answer.statusCode() == 200) {
                take(file, answer.body(), fromOrigin);
            } else if (answer.statusCode() == 302) {
                follow(file, DemoClient.location(answer));
            } else {
                fail(file, "the broker answered " + answer.statusCode());
            }
        } catch (IOException e) {
            fail(file, String.valueOf(e));
        }
        long took = System.nanoTime() - start;
        slowest.accumulateAndGet(took, Math::max);
    }

    private void follow(RealFile file, String location) throws IOException, InterruptedException {
        if (peers.stream().noneMatch(peer -> location.startsWith(peer + "/"))) {
            fail(file, "sent to '" + location + "', which is no peer");
            return;
        }
        var answer = client.get(location);
        if (answer.statusCode() == 200) {
            take(file, answer.body(), redirected);
        } else {
            fail(file, location + " answered " + answer.statusCode());
        }
    }

    private void take(RealFile file, byte[] body, AtomicInteger good) {
        if (Sha256.digestOf(body).equals(file.digest())) {
            good.incrementAndGet();
            bytes.addAndGet(body.length);
        } else {
            corrupt.incrementAndGet();
        }
    }

    private void fail(RealFile file, String why) {
        if (failed.getAndIncrement() == 0) {
            firstFailure = file.resource() + ": " + why;
        }
    }
}
