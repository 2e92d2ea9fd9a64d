package io.fingerpost.registry.health;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.health.Pieces.Piece;
import io.fingerpost.registry.health.Suspicions.Suspicion;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the peers, one after the other, and draws the consequences. {@link #tick} is called again and again by
 * {@link HealthLoop}; what waits for peers runs on the executor.
 */
public final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final int MOST_AT_ONCE = 256;
    private static final Duration SYNC = Duration.ofSeconds(5);
    private static final Duration FORGIVE = Duration.ofMinutes(10);
    private static final int SUSPICIONS_AT_A_TIME = 64;
    /** How often a piece is fetched of each peer without a reason: its uplink is for clients. */
    private static final Duration FETCH = Duration.ofMinutes(30);
    private static final int BYTES_PER_SECOND = 4 << 20;
    /** The largest piece there is can be saved up for, by as many routes as a peer can have. */
    private static final int MOST_BYTES = PieceLayout.MAX_PIECE * Registration.MAX_ENDPOINTS;
    /** So often a peer may be full when it is suspected. */
    private static final int MOST_IN_VAIN = 5;
    /** More than one interval, so that each peer is in it, but no long memory. */
    private static final Duration LONGEST_WINDOW = Duration.ofMinutes(3);

    private final Registry registry;
    private final Clinic clinic;
    private final Rounds rounds;
    private final Pieces pieces;
    private final Allowance bytes = new Allowance(BYTES_PER_SECOND, MOST_BYTES);
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private final Executor executor;
    private final InstantSource clock;
    private Instant syncDue = Instant.EPOCH;
    private Instant forgiveDue = Instant.EPOCH;

    /** What health is found out with, and where that is told. */
    public record Clinic(Probes probes, Standings standings, Suspicions suspicions, Reports reports, Panic panic,
            HealthMeters meters) {}

    /** @param executor for probes, which wait */
    public Health(Registry registry, Clinic clinic, RandomGenerator random, Executor executor, InstantSource clock) {
        this.registry = registry;
        this.clinic = clinic;
        var config = registry.config();
        this.rounds = new Rounds(config.probeInterval(), config.probesPerSecond(), random);
        this.pieces = new Pieces(registry, random);
        this.executor = executor;
        this.clock = clock;
    }

    /** Starts the probes that are due. */
    public synchronized void tick() {
        Instant now = clock.instant();
        if (!now.isBefore(syncDue)) {
            registry.forEachPeer(peer -> admit(peer, now));
            rounds.removeIf(peer -> !registry.isKnown(peer));
            syncDue = now.plus(SYNC);
        }
        if (!now.isBefore(forgiveDue)) {
            clinic.standings.forgive();
            forgiveDue = now.plus(FORGIVE);
        }
        clinic.suspicions.drain(SUSPICIONS_AT_A_TIME).forEach(suspicion -> suspect(suspicion, now));
        while (places.tryAcquire()) {
            Chart chart = rounds.next(now);
            if (chart == null) {
                places.release();
                return;
            }
            begin(chart, now);
        }
    }

    /** One that was put into the table by another way may not have been received yet. */
    private void admit(Peer peer, Instant now) {
        if (!isOutOfSight(peer) && !rounds.knows(peer)) {
            clinic.standings.receive(peer);
            rounds.chart(peer, now);
        }
    }

    /** There is no way from here into a private network. */
    private static boolean isOutOfSight(Peer peer) {
        var admission = peer.admission();
        return !admission.isProved() && admission.registration().endpoints().stream()
                .allMatch(endpoint -> endpoint.privateAddress().isPresent());
    }

    private void suspect(Suspicion suspicion, Instant now) {
        registry.holders(suspicion.digest()).live(now, holder -> {
            Peer peer = holder.peer();
            if (peer.mark() == suspicion.mark() && mayServe(peer)) {
                Chart chart = rounds.chart(peer, now);
                chart.suspect(suspicion);
                var soonest = chart.fetchedAt.plus(Rounds.SOON); // whoever cries wolf again and again costs the peer little
                rounds.hasten(chart, soonest.isAfter(now) ? soonest : now);
            }
        });
    }

    private static boolean mayServe(Peer peer) {
        return peer.state() == Peer.State.GOOD || peer.state() == Peer.State.DOWN;
    }

    private void begin(Chart chart, Instant now) {
        Peer peer = chart.peer;
        Suspicion suspicion = chart.suspicion();
        Piece piece = suspicion == null ? pieceInTurn(chart, now) : pieces.suspected(peer, suspicion);
        if (suspicion != null && piece == null) {
            chart.drop(suspicion);
        }
        if (piece != null && !bytes.take((double) piece.length() * routes(peer), now)) {
            if (suspicion != null) {
                places.release();
                rounds.schedule(chart, now.plus(Duration.ofSeconds(1)));
                return;
            }
            piece = null;
        }
        chart.isBusy = true;
        if (piece != null) {
            chart.fetchedAt = now;
            chart.fetchDue = now.plus(rounds.jittered(FETCH));
        }
        Piece wanted = piece;
        Suspicion reason = wanted == null ? null : suspicion;
        executor.execute(() -> probe(chart, wanted, reason));
    }

    /** By each of which a piece is fetched. */
    private static int routes(Peer peer) {
        return peer.admission().routes().size();
    }

    /** Whether clients cannot be sent to the peer at all. */
    private static boolean isGone(Outcome outcome) {
        return outcome.isFailure() && !(outcome instanceof Outcome.Unreachable some && some.isPartial());
    }

    /** Null if the endpoints' proofs are enough this time. */
    private @Nullable Piece pieceInTurn(Chart chart, Instant now) {
        boolean due = !now.isBefore(chart.fetchDue) && !chart.vitals.down() && !chart.vitals.isDoubtful()
                && chart.peer.state() != Peer.State.UNPROVED;
        return due ? pieces.any(chart.peer) : null;
    }

    private void probe(Chart chart, @Nullable Piece piece, @Nullable Suspicion reason) {
        try {
            Outcome seen = piece == null
                    ? clinic.probes.prove(chart.peer)
                    : clinic.probes.fetch(chart.peer, piece.representation(), piece.index());
            if (Thread.currentThread().isInterrupted()) {
                return; // it is not the peer that ends
            }
            Outcome outcome = reason == null ? seen : unlessItHides(chart, seen);
            clinic.meters.countProbe(outcome);
            settle(chart, outcome, reason);
            if (reason != null && !clinic.panic.getAsBoolean()) {
                clinic.reports.settle(chart.peer.id(), reason, outcome);
            }
        } catch (RuntimeException e) {
            LOG.error("a probe failed by a bug", e);
            letGo(chart);
        } finally {
            places.release();
        }
    }

    /** One that is full whenever it is looked into, although by all we know it has room, does not want to be looked into. */
    private synchronized Outcome unlessItHides(Chart chart, Outcome outcome) {
        boolean hides = outcome instanceof Outcome.Full && chart.triesInVain + 1 >= MOST_IN_VAIN
                && chart.peer.uploads().hasRoom(1, clock.millis());
        return hides ? new Outcome.Failing("full whenever a suspicion is looked into, with free slots") : outcome;
    }

    private synchronized void letGo(Chart chart) {
        chart.isBusy = false;
        rounds.schedule(chart, clock.instant().plus(rounds.pause()));
    }

    /** What the store makes of it comes last: it may refuse. */
    private void settle(Chart chart, Outcome outcome, @Nullable Suspicion reason) {
        boolean panic = judge(chart, outcome, reason);
        if (outcome instanceof Outcome.Missing(var digest) && !panic) {
            registry.withdraw(chart.peer, digest);
        }
    }

    /** Whether we rather suspect ourselves. */
    private synchronized boolean judge(Chart chart, Outcome outcome, @Nullable Suspicion reason) {
        chart.isBusy = false;
        Peer peer = chart.peer;
        if (!registry.isKnown(peer)) {
            rounds.remove(chart);
            return true;
        }
        Instant now = clock.instant();
        Peer.State before = peer.state();
        clinic.panic.note(peer.id(), before == Peer.State.GOOD, isGone(outcome), now, window());
        boolean panic = clinic.panic.getAsBoolean();
        Standing standing = clinic.standings.of(peer);
        Verdict verdict = Judge.judge(before, chart.vitals, standing, outcome, panic, now);
        if (verdict.endsLease()) {
            rounds.remove(chart);
            clinic.panic.forget(peer.id());
            registry.evict(peer, whyToRegisterAnew(outcome));
            return panic;
        }
        chart.vitals = verdict.vitals();
        if (!verdict.standing().equals(standing)) {
            blame(chart, standing, verdict.standing(), outcome);
        }
        turn(peer, state(peer, verdict, now), verdict.standing(), outcome);
        if (reason != null) {
            lookedInto(chart, reason, outcome);
        }
        rounds.schedule(chart, due(chart, verdict, outcome.isFailure() && panic, now));
        return panic;
    }

    private static String whyToRegisterAnew(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Disowned(var why) -> why;
            case Outcome.Unreachable gone -> gone.tried();
            default -> "an endpoint can be reached that could not";
        };
    }

    private Duration window() {
        var window = rounds.interval().multipliedBy(3).dividedBy(2);
        return window.compareTo(LONGEST_WINDOW) < 0 ? window : LONGEST_WINDOW;
    }

    private void blame(Chart chart, Standing before, Standing now, Outcome outcome) {
        clinic.standings.keep(chart.peer, now);
        if (now.quarantinedUntil().isAfter(before.quarantinedUntil())) {
            chart.fetchDue = Instant.EPOCH;
            clinic.meters.countQuarantine();
            LOG.atWarn().addKeyValue("peer", chart.peer).addKeyValue("why", outcome)
                    .addKeyValue("until", now.quarantinedUntil()).log("peer quarantined");
        }
    }

    private static Peer.State state(Peer peer, Verdict verdict, Instant now) {
        boolean stays = peer.state() == Peer.State.QUARANTINED && !verdict.outOfQuarantine();
        if (stays || verdict.standing().isQuarantined(now)) {
            return Peer.State.QUARANTINED;
        }
        if (!peer.admission().isProved()) {
            return Peer.State.UNPROVED;
        }
        return verdict.vitals().down() ? Peer.State.DOWN : Peer.State.GOOD;
    }

    private void turn(Peer peer, Peer.State state, Standing standing, Outcome outcome) {
        Peer.State before = peer.state();
        peer.turn(state, switch (state) {
            case GOOD -> peer.reachabilityAtBest();
            case QUARANTINED -> Standings.told(standing);
            case UNPROVED, DOWN -> outcome instanceof Outcome.Unreachable gone
                    ? Reachability.no(gone.tried(), gone.advice())
                    : peer.reachability();
        });
        if (state != before) {
            registry.turned(peer);
            LOG.atInfo().addKeyValue("peer", peer).addKeyValue("from", before).addKeyValue("to", state)
                    .log("peer changed state");
        }
    }

    private static void lookedInto(Chart chart, Suspicion reason, Outcome outcome) {
        chart.triesInVain++;
        if (!(outcome instanceof Outcome.Full) || chart.triesInVain >= MOST_IN_VAIN) {
            chart.drop(reason);
        }
    }

    private Instant due(Chart chart, Verdict verdict, boolean hurry, Instant now) {
        Peer.State state = chart.peer.state();
        if (verdict.standing().isQuarantined(now)) {
            return verdict.standing().quarantinedUntil();
        }
        if (hurry || chart.isSuspected() || verdict.vitals().isDoubtful()) {
            return now.plus(rounds.shortPause());
        }
        return now.plus(state == Peer.State.UNPROVED ? rounds.pauseOfUnproved() : rounds.pause());
    }
}
