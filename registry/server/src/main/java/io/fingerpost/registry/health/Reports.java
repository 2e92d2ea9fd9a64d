package io.fingerpost.registry.health;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.health.Suspicions.Suspicion;
import io.fingerpost.registry.store.Block;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Takes in what clients tell of peers that failed them. Anybody can tell lies: a report only makes the registry look for itself, it
 * has to show a ticket for that peer, and who lies is soon not listened to. Safe for use by many threads.
 */
public final class Reports {
    /** From one network in a minute. */
    static final int MOST_A_MINUTE = 20;
    private static final int MOST_NETWORKS = 50_000;
    private static final int MOST_TICKETS = 100_000;
    private static final int MOST_PENDING = 10_000;
    private static final int MOST_WITNESSES = 16;
    private static final Duration PENDING = Duration.ofMinutes(10);

    private final Registry registry;
    private final Suspicions suspicions;
    private final HealthMeters meters;
    private final InstantSource clock;
    private final Credibility credibility;
    private final Cache<Block, AtomicInteger> counts;
    private final Cache<String, Boolean> tickets;
    private final Cache<Accusation, Set<Block>> pending;

    private record Accusation(PeerId peer, Sha256 digest, int piece) {}

    public Reports(Registry registry, Suspicions suspicions, HealthMeters meters, InstantSource clock) {
        this.registry = registry;
        this.suspicions = suspicions;
        this.meters = meters;
        this.clock = clock;
        this.credibility = new Credibility(clock);
        this.counts = cache(MOST_NETWORKS, Duration.ofMinutes(1));
        this.tickets = cache(MOST_TICKETS, registry.config().ticketTtl());
        this.pending = cache(MOST_PENDING, PENDING);
    }

    private <K, V> Cache<K, V> cache(int most, Duration life) {
        return Caffeine.newBuilder().maximumSize(most).expireAfterWrite(life)
                .ticker(() -> clock.millis() * 1_000_000).build();
    }

    /**
     * Takes in one report.
     *
     * @param from the client's address
     */
    public ReportOutcome receive(FailureReport report, InetAddress from) {
        var outcome = weigh(report, Block.of(from));
        meters.countReport(outcome);
        return outcome;
    }

    private ReportOutcome weigh(FailureReport report, Block network) {
        if (counts.get(network, _ -> new AtomicInteger()).incrementAndGet() > MOST_A_MINUTE) {
            return ReportOutcome.TOO_MANY;
        }
        if (!credibility.isCredible(network)) {
            return ReportOutcome.NOT_CREDIBLE;
        }
        var body = report.body();
        Peer peer = endpoint(report.url()).flatMap(endpoint -> holder(endpoint, body.digest())).orElse(null);
        if (peer == null
                || peer.ticketKey().check(body.ticket(), body.digest(), clock.instant()) != TicketKey.Verdict.VALID) {
            return ReportOutcome.NO_TICKET;
        }
        if (tickets.asMap().putIfAbsent(body.ticket(), true) != null) {
            return ReportOutcome.REPEATED;
        }
        var witnesses = pending.get(new Accusation(peer.id(), body.digest(), body.piece()),
                _ -> ConcurrentHashMap.newKeySet());
        if (witnesses.size() < MOST_WITNESSES) {
            witnesses.add(network);
        }
        suspicions.suspect(peer.mark(), body.digest(), body.piece());
        return ReportOutcome.TAKEN;
    }

    private static Optional<PeerEndpoint> endpoint(String url) {
        try {
            URI uri = URI.create(url);
            return Optional.of(PeerEndpoint.parse(uri.getScheme() + "://" + uri.getRawAuthority()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Takes a look at each that holds the digest, for that is what a ticket is for. */
    private Optional<Peer> holder(PeerEndpoint endpoint, Sha256 digest) {
        List<Peer> there = new ArrayList<>(1);
        registry.holders(digest).live(clock.instant(), holder -> {
            if (holder.peer().isAt(endpoint)) {
                there.add(holder.peer());
            }
        });
        return there.stream().findFirst();
    }

    /** The registry has looked for itself. */
    void settle(PeerId peer, Suspicion reason, Outcome outcome) {
        var accusation = new Accusation(peer, reason.digest(), reason.piece());
        var witnesses = outcome instanceof Outcome.Full ? null : pending.getIfPresent(accusation);
        if (witnesses == null) {
            return;
        }
        pending.invalidate(accusation);
        for (Block network : witnesses) {
            if (outcome.isFailure()) {
                credibility.right(network);
            } else {
                credibility.wrong(network);
            }
            meters.countReport(outcome.isFailure() ? ReportOutcome.CONFIRMED : ReportOutcome.REFUTED);
        }
    }
}
