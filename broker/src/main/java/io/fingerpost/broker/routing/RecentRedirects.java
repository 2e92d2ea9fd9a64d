package io.fingerpost.broker.routing;

import io.fingerpost.broker.choice.Past;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.FromTo;
import io.fingerpost.contract.http.ByteRange.Multiple;
import io.fingerpost.contract.http.ByteRange.Suffix;
import io.fingerpost.contract.http.ByteRange.Whole;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Remembers for some seconds where clients were sent. One that comes back for the same part of the same resource was probably
 * failed there: it is sent elsewhere, and the peer is suspected. Anybody can pretend to have been failed, so a suspicion alone
 * changes nothing for other clients. One that comes back more often than a client would is a crowd behind one address, of which
 * nothing can be told.
 *
 * <p>Safe for use by many threads, and takes no lock.
 */
public final class RecentRedirects {
    private static final int TRIP_BITS = 16;
    /** Programs that retry do so about five times; aria2 does on each of its connections. */
    private static final int MOST_RETURNS = 8;
    /** Parts of a resource that a client gets from one peer within the window. */
    private static final int MOST_PARTS = 4;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final Trips trips;
    private final Duration window;
    private final int windowTicks;
    private final Returns suspects;
    private final long salt = ThreadLocalRandom.current().nextLong();

    /** Is told of clients that came back. On I/O threads. */
    @FunctionalInterface
    public interface Returns {
        /** @param peer mark of the peer from which a client came back */
        void cameBack(int peer, EdgeRequest request);
    }

    /**
     * A client was sent to a peer, as 64 bits: the peer's mark, that of the range, whether the client has come back from there,
     * and when it was sent.
     */
    private static final class Place {
        private static final int TICK_MILLIS = 50;
        private static final int RANGE_BITS = 17;
        /** For 55 minutes: {@link Trips} forgets rows before that is over. */
        private static final int TIME_BITS = 16;
        private static final long SUSPECTED = 1L << TIME_BITS;

        private Place() {}

        static long of(int peer, int range, long now) {
            return (long) peer << RANGE_BITS + TIME_BITS + 1 | (long) range << TIME_BITS + 1 | ticks(now);
        }

        static long ticks(long now) {
            return now / TICK_MILLIS & (1 << TIME_BITS) - 1;
        }

        static int peer(long place) {
            return (int) (place >>> RANGE_BITS + TIME_BITS + 1);
        }

        static boolean isFor(long place, int range) {
            return (int) (place >>> TIME_BITS + 1 & (1 << RANGE_BITS) - 1) == range;
        }

        static boolean isSuspected(long place) {
            return (place & SUSPECTED) != 0;
        }

        static int age(long place, long now) {
            return (int) (ticks(now) - place & (1 << TIME_BITS) - 1);
        }
    }

    /**
     * @param window how long a client that comes back counts as failed, at most 5 minutes; 0 for not at all
     * @param suspects told of each client that came back
     */
    public RecentRedirects(Duration window, Returns suspects) {
        this.window = window;
        this.windowTicks = (int) (window.toMillis() / Place.TICK_MILLIS);
        this.suspects = suspects;
        this.trips = new Trips(window.isZero() ? 1 : TRIP_BITS);
    }

    /** @param now milliseconds since 1970 */
    Past past(EdgeRequest request, long now) {
        if (window.isZero()) {
            return Past.NONE;
        }
        long trip = trip(request);
        int row = trips.row(trip);
        if (!trips.isThere(row, trip, now) || trips.returns(row) > MOST_RETURNS) {
            return Past.NONE;
        }
        long[] places = recentPlaces(row, now);
        int range = mark(request.range());
        // aria2 cuts what is left anew after a failure: what failed once is not asked for other parts either, nor is a peer for
        // part after part, for each may be what is left of the one before.
        int[] failed = Arrays.stream(places)
                .filter(place -> Place.isSuspected(place) || Place.isFor(place, range) || isUsedUp(place, places))
                .mapToInt(Place::peer).toArray();
        int[] used = Arrays.stream(places).mapToInt(Place::peer)
                .filter(peer -> Arrays.stream(failed).noneMatch(mark -> mark == peer)).toArray();
        return new Past(failed, used);
    }

    private static boolean isUsedUp(long place, long[] places) {
        return Arrays.stream(places).filter(other -> Place.peer(other) == Place.peer(place)).count() >= MOST_PARTS;
    }

    /** Behind one address, clients are told apart as far as their agents differ. */
    private long trip(EdgeRequest request) {
        String peer = request.peer();
        long trip = salt + Objects.hashCode(peer != null ? peer : request.fields().get("User-Agent"));
        trip = trip * SPREAD + request.client().address().hashCode();
        trip = trip * SPREAD + request.resource().hashCode();
        trip = trip * SPREAD + request.method().hashCode();
        return (trip ^ trip >>> 29) * SPREAD;
    }

    /** Of 17 bits. */
    private static int mark(ByteRange range) {
        long mixed = SPREAD * switch (range) {
            case Whole _ -> 0;
            case Multiple _ -> 1;
            case Suffix(long length) -> -length;
            case FromTo(long first, long last) -> first * SPREAD + last + 2;
        };
        return (int) (mixed >>> Long.SIZE - Place.RANGE_BITS);
    }

    /** What of a row lies within the window, the oldest first. */
    private long[] recentPlaces(int row, long now) {
        var recent = new long[Trips.MAX_PLACES];
        int count = 0;
        for (int i = 0; i < Trips.MAX_PLACES; i++) {
            long place = trips.place(row, i);
            if (place != 0 && Place.age(place, now) < windowTicks) {
                recent[count++] = place;
            }
        }
        return Arrays.copyOf(recent, count);
    }

    /**
     * Takes note of what was decided for a request that a peer could have served.
     *
     * @param now milliseconds since 1970
     */
    public void note(EdgeRequest request, Decision decision, long now) {
        boolean redirected = decision instanceof Redirect;
        if (window.isZero() || !redirected && decision.reason() != Reason.CAME_BACK) {
            return;
        }
        long trip = trip(request);
        int row = trips.row(trip);
        int range = mark(request.range());
        long[] before = trips.isThere(row, trip, now) ? recentPlaces(row, now) : new long[0];
        if (before.length > 0) {
            noteReturn(row, trip, before, request, now);
        }
        if (decision instanceof Redirect redirect) {
            long place = Place.of(redirect.peers().getFirst().mark(), range, now);
            if (before.length == 0) {
                trips.begin(row, trip, place, now);
            } else {
                append(row, before, place);
            }
        }
    }

    private void noteReturn(int row, long trip, long[] places, EdgeRequest request, long now) {
        int range = mark(request.range());
        int returns = trips.returns(row);
        boolean cameBack = false;
        for (int i = 0; i < places.length; i++) {
            boolean same = Place.isFor(places[i], range);
            cameBack |= same || isUsedUp(places[i], places);
            if (same && returns <= MOST_RETURNS && !Place.isSuspected(places[i])) {
                suspects.cameBack(Place.peer(places[i]), request);
                places[i] |= Place.SUSPECTED;
            }
        }
        trips.setReturns(row, trip, returns + (cameBack ? 1 : 0), now);
        for (int i = 0; i < Trips.MAX_PLACES; i++) {
            trips.setPlace(row, i, i < places.length ? places[i] : 0);
        }
    }

    /** The oldest makes room. */
    private void append(int row, long[] places, long place) {
        int count = places.length;
        if (count == Trips.MAX_PLACES) {
            for (int i = 1; i < count; i++) {
                trips.setPlace(row, i - 1, places[i]);
            }
            count--;
        }
        trips.setPlace(row, count, place);
    }
}
