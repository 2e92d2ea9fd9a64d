package io.fingerpost.agent.report;

import io.fingerpost.agent.fetch.PeerFailures;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.contract.api.FailureReport.Phase;
import io.fingerpost.contract.client.RegistryClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the registry of peers that failed, so that it looks for itself. One report at a time, on a thread of its own, and a few in a
 * minute: what is too much, or does not get through, is dropped, for it is never more than a hint.
 */
public final class FailureReporter implements PeerFailures, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReporter.class);
    static final int MOST_A_MINUTE = 6;
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final String USER_AGENT = "fingerpost-agent";

    private final RegistryClient registry;
    private final InstantSource clock;
    private final Deque<Instant> lately = new ArrayDeque<>();
    private final ThreadPoolExecutor sender = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_A_MINUTE), Thread.ofVirtual().name("failure-reporter").factory(),
            new ThreadPoolExecutor.DiscardPolicy());

    public FailureReporter(RegistryClient registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public void failed(URI url, Sha256 digest, Phase phase, int piece) {
        String ticket = ticket(url);
        if (!ticket.isEmpty() && mayTell()) {
            var body = new FailureReport.Body(ticket, digest, phase, piece);
            String place = url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
            Instant at = clock.instant();
            sender.execute(() -> send(place, body, at));
        }
    }

    private static String ticket(URI url) {
        String query = url.getRawQuery();
        return query != null && query.startsWith("t=") ? query.substring(2) : "";
    }

    private synchronized boolean mayTell() {
        Instant now = clock.instant();
        while (!lately.isEmpty() && !now.isBefore(lately.peekFirst().plus(MINUTE))) {
            lately.removeFirst();
        }
        return lately.size() < MOST_A_MINUTE && lately.add(now);
    }

    private void send(String url, FailureReport.Body body, Instant at) {
        long age = Math.max(0, Duration.between(at, clock.instant()).toMillis());
        try {
            registry.report(List.of(new FailureReport(age, FailureReport.TYPE, url, USER_AGENT, body)));
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("why", e.getMessage()).log("a report did not get through");
        }
    }

    @Override
    public void close() {
        sender.shutdownNow();
    }
}
