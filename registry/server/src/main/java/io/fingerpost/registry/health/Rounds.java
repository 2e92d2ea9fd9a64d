package io.fingerpost.registry.health;

import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who is probed when. Each peer has its turn about once in an interval, which stretches when there are more peers than the
 * allowance of probes can see in it. Not thread-safe.
 */
@SuppressWarnings("ReferenceEquality") // another lease is another peer
final class Rounds {
    /** Of the interval, by which a turn is earlier or later: so that peers that came together do not stay so. */
    private static final double JITTER = 0.2;
    /** What looks bad, or better, is looked at again so soon. */
    static final Duration SOON = Duration.ofSeconds(10);
    /** How often a peer that could not be reached is tried. */
    private static final Duration UNPROVED = Duration.ofMinutes(5);

    private final Map<PeerId, Chart> charts = new HashMap<>();
    private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at));
    private final Duration interval;
    private final int probesPerSecond;
    private final Allowance allowance;
    private final RandomGenerator random;

    private record Turn(Instant at, Chart chart) {}

    Rounds(Duration interval, int probesPerSecond, RandomGenerator random) {
        this.interval = interval;
        this.probesPerSecond = probesPerSecond;
        this.allowance = new Allowance(probesPerSecond, probesPerSecond);
        this.random = random;
    }

    /** The chart of a peer; one that is new gets its first turn at any moment of the interval. */
    Chart chart(Peer peer, Instant now) {
        Chart known = charts.get(peer.id());
        if (known != null && known.peer == peer) {
            return known;
        }
        var chart = new Chart(peer, now.plusMillis((long) (random.nextDouble() * interval().toMillis())));
        charts.put(peer.id(), chart);
        turns.add(new Turn(chart.due, chart));
        return chart;
    }

    boolean knows(Peer peer) {
        Chart known = charts.get(peer.id());
        return known != null && known.peer == peer;
    }

    /** Forgets those that are gone. */
    void removeIf(Predicate<Peer> gone) {
        if (charts.values().removeIf(chart -> gone.test(chart.peer))) {
            turns.removeIf(turn -> !isCurrent(turn));
        }
    }

    void remove(Chart chart) {
        charts.remove(chart.peer.id(), chart);
    }

    private boolean isCurrent(Turn turn) {
        return charts.get(turn.chart.peer.id()) == turn.chart && turn.chart.due.equals(turn.at);
    }

    int size() {
        return charts.size();
    }

    /** The next whose turn it is, and one probe less is left; null if there is none, or no probe is left. */
    @Nullable
    Chart next(Instant now) {
        while (!turns.isEmpty() && !turns.peek().at.isAfter(now)) {
            Turn turn = turns.peek();
            boolean isDue = isCurrent(turn) && !turn.chart.isBusy;
            if (isDue && !allowance.take(1, now)) {
                return null;
            }
            turns.remove();
            if (isDue) {
                return turn.chart;
            }
        }
        return null;
    }

    /** Gives a peer its next turn at {@code due}. */
    void schedule(Chart chart, Instant due) {
        chart.due = due;
        turns.add(new Turn(due, chart));
    }

    /** Gives it one at {@code due} if that is earlier than what it has. */
    void hasten(Chart chart, Instant due) {
        if (!chart.isBusy && due.isBefore(chart.due)) {
            schedule(chart, due);
        }
    }

    /** How long a round takes. */
    Duration interval() {
        var needed = Duration.ofMillis(charts.size() * 1000L / probesPerSecond);
        return needed.compareTo(interval) > 0 ? needed : interval;
    }

    /** How long until an ordinary peer's next turn. */
    Duration pause() {
        return jittered(interval());
    }

    Duration pauseOfUnproved() {
        return jittered(interval().compareTo(UNPROVED) > 0 ? interval() : UNPROVED);
    }

    /** How long until the next look at one that is in doubt. */
    Duration shortPause() {
        return jittered(interval.compareTo(SOON) > 0 ? SOON : interval);
    }

    Duration jittered(Duration time) {
        return Duration.ofMillis((long) (time.toMillis() * (1 - JITTER + 2 * JITTER * random.nextDouble())));
    }
}
