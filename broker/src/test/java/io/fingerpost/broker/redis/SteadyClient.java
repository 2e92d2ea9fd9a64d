package io.fingerpost.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.http.Link;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** A client that verifies, and asks a broker for the same file all the time; every answer has to be a good one. */
final class SteadyClient implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration SLOW = Duration.ofSeconds(2);
    /** So many answers of the same kind, one after the other, are no chance. */
    private static final int STEADY = 10;

    private final String name;
    private final HttpRequest request;
    private final byte[] file;
    private final List<LivePeer> peers;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10)).build();
    private final Set<String> offered = ConcurrentHashMap.newKeySet();
    private final List<String> bad = new CopyOnWriteArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("steady-client").unstarted(this::run);
    private final long started = System.nanoTime();
    private volatile Run latest = new Run(Source.ORIGIN, 0);
    private volatile Duration slowest = Duration.ZERO;

    /** Where an answer has the client get the file. */
    enum Source {
        ORIGIN, PEER
    }

    /** The latest answers, all of the same kind. */
    private record Run(Source source, int length) {
        Run with(Source next) {
            return next == source ? new Run(source, length + 1) : new Run(next, 1);
        }
    }

    /** @param peers all that it may be sent to; more may come */
    SteadyClient(String name, URI url, byte[] file, List<LivePeer> peers) {
        this.name = name;
        this.file = file;
        this.peers = peers;
        this.request = HttpRequest.newBuilder(url).header("Want-Repr-Digest", "sha-256=10")
                .timeout(Duration.ofSeconds(20)).build();
        thread.start();
    }

    private void run() {
        try {
            for (int i = 0; i < STEADY; i++) { // the first answers of a JVM take their time
                ask(Duration.ofSeconds(10));
            }
            while (!Thread.currentThread().isInterrupted()) {
                ask(SLOW);
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void ask(Duration slow) throws InterruptedException {
        long before = System.nanoTime();
        String answer;
        try {
            answer = look(http.send(request, BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            answer = e.toString();
        }
        var took = Duration.ofNanos(System.nanoTime() - before);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
        if (!answer.isEmpty() || took.compareTo(slow) > 0) {
            bad.add("after " + Duration.ofNanos(before - started) + ", in " + took + ": " + answer);
        }
    }

    /** What is wrong with the answer. */
    private String look(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 200) {
            latest = latest.with(Source.ORIGIN);
            return Arrays.equals(answer.body(), file) ? "" : "other bytes than the origin's";
        }
        if (answer.statusCode() != 302) {
            return answer + " " + answer.headers().map();
        }
        latest = latest.with(Source.PEER);
        var targets = answer.headers().allValues("Link").stream().flatMap(line -> Link.parse(line).stream())
                .filter(link -> link.is("duplicate")).map(Link::target).toList();
        if (!targets.getFirst().equals(answer.headers().firstValue("Location").orElseThrow())) {
            return "not the first of " + targets + ": " + answer.headers().map();
        }
        return targets.stream().map(URI::create).map(this::lookAtTarget).collect(Collectors.joining());
    }

    private String lookAtTarget(URI target) {
        String url = target.getScheme() + "://" + target.getAuthority();
        offered.add(url);
        return peers.stream().filter(peer -> peer.url().equals(url) && peer.mayCountAsAlive()).findFirst()
                .map(peer -> peer.opens(target.getQuery().substring("t=".length())) ? "" : "a ticket for nothing")
                .orElse("nobody is there: " + target);
    }

    /** Waits until it gets the file only from there. */
    void awaitSource(Source source, Duration patience) {
        latest = new Run(source, 0);
        await(name + " gets the file from the " + source).atMost(patience).pollInterval(PAUSE)
                .until(() -> latest.source == source && latest.length >= STEADY);
    }

    /** Where it gets the file from just now. */
    Source source() {
        return latest.source;
    }

    /** Waits until it was offered each peer that lives, from now on. */
    void awaitAllPeers(Duration patience) {
        offered.clear();
        await(name + " is offered all peers").atMost(patience).pollInterval(PAUSE).untilAsserted(
                () -> assertThat(offered)
                        .containsAll(peers.stream().filter(LivePeer::isAlive).map(LivePeer::url).toList()));
    }

    void assertAllAnswersWereGood() {
        assertThat(bad).as("bad answers of %s, the slowest of which took %s", name, slowest).isEmpty();
    }

    Duration slowest() {
        return slowest;
    }

    @Override
    public void close() {
        thread.interrupt();
        http.shutdownNow();
    }
}
