package io.fingerpost.broker.collapse;

import io.fingerpost.broker.collapse.FlightPlan.Kind;
import io.fingerpost.broker.origin.Learner;
import io.fingerpost.broker.origin.Lesson;
import io.fingerpost.broker.origin.OriginMeters;
import io.fingerpost.broker.origin.OriginProxy;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Collapsed forwarding: requests for one resource at a time share one fetch from the origin, whatever their speeds.
 *
 * <p>What cannot be shared, or not be held in the spool's memory, is passed on by the plain proxy.
 */
public final class Flights {
    private final SpoolConfig config;
    private final SpoolMemory memory;
    private final LatelyUnshared unshared;
    private final OriginProxy origin;
    private final Learner learner;
    private final RepresentationTable table;
    private final InstantSource clock;
    private final OriginMeters meters;
    private final Map<ResourceId, List<Flight>> flying = new ConcurrentHashMap<>();

    public Flights(SpoolConfig config, OriginProxy origin, Learner learner, RepresentationTable table,
            InstantSource clock,
            OriginMeters meters) {
        this.config = config;
        this.memory = new SpoolMemory(config.memory().bytes());
        this.unshared = new LatelyUnshared(clock);
        this.origin = origin;
        this.learner = learner;
        this.table = table;
        this.clock = clock;
        this.meters = meters;
    }

    /** Answers with what the origin has, fetched for this request or for one that came before it. */
    public void forward(HttpServerExchange exchange, EdgeRequest request, Reason reason) throws Exception {
        if (!request.isGetOrHead() || !reason.isCollapsible() || request.isConditional()) {
            origin.forward(exchange, request);
            return;
        }
        boolean starts = request.method().equals("GET") && isFromTheBeginning(request.range());
        var plan = new FlightPlan(Kind.WHOLE, request, "", start(request));
        board(exchange, plan, new Ways(reason != Reason.NO_CACHE, starts), Revalidation.NONE);
    }

    /** Asks the origin whether what is known under {@code etag} is still right. */
    public void revalidate(HttpServerExchange exchange, EdgeRequest request, String etag, Revalidation revalidation) {
        var plan = new FlightPlan(Kind.REVALIDATION, request, etag, 0);
        board(exchange, plan, new Ways(true, true), revalidation);
    }

    private void board(HttpServerExchange exchange, FlightPlan plan, Ways ways, Revalidation revalidation) {
        var answer = new SpooledAnswer(exchange, plan, ways, this, revalidation);
        exchange.dispatch(SameThreadExecutor.INSTANCE, answer::board);
    }

    /** Lets one whose bytes had to make room wait for the rest of them; false if there is no memory to do so. */
    boolean resume(HttpServerExchange exchange, Waiter waiter, FlightPlan rest) {
        return joinOrStart(exchange, waiter, rest, new Ways(true, true));
    }

    private static long start(EdgeRequest request) {
        return request.method().equals("GET") && request.range() instanceof ByteRange.FromTo(long first, _) ? first : 0;
    }

    private static boolean isFromTheBeginning(ByteRange range) {
        return switch (range) {
            case ByteRange.Whole _ -> true;
            case ByteRange.FromTo(long first, long last) -> first == 0 && last == Long.MAX_VALUE;
            case ByteRange.Suffix _,ByteRange.Multiple _ -> false;
        };
    }

    /** Whether a request may join a flight that there is, and whether one may start for it. */
    record Ways(boolean joins, boolean starts) {}

    /** False if no flight is right for {@code plan}, and none may start or there is no memory for it. */
    boolean joinOrStart(HttpServerExchange exchange, Waiter waiter, FlightPlan plan, Ways ways) {
        Flight own = null;
        while (true) {
            var seen = flying.getOrDefault(plan.resource(), List.of());
            if (ways.joins && seen.stream().anyMatch(flight -> flight.join(waiter, plan))) {
                discard(own);
                return true;
            }
            if (!ways.starts || !mayStart(plan, seen)) {
                discard(own);
                return false;
            }
            own = own == null ? prepare(exchange, waiter, plan) : own;
            if (own == null) {
                return false;
            }
            if (publish(own, seen)) {
                start(own, exchange, plan);
                return true;
            }
        }
    }

    /** What was lately not for sharing is worth one flight at a time, to notice when it is, if that costs its first nothing. */
    private boolean mayStart(FlightPlan plan, List<Flight> seen) {
        return !unshared.contains(plan) || seen.isEmpty() && plan.isRightForFirst(200);
    }

    private void start(Flight flight, HttpServerExchange exchange, FlightPlan plan) {
        if (plan.kind() == Kind.REVALIDATION && isDecided(plan)) {
            flight.confirm();
        } else {
            flight.start(origin.fetch(exchange, plan.resource(), plan::adjust, flight));
        }
    }

    /** Whether another flight has brought what this one would ask for, since it was decided to ask. */
    private boolean isDecided(FlightPlan plan) {
        return table.lookup(plan.resource())
                .filter(known -> plan.etag().equals(known.representation().headers().get("ETag")))
                .filter(known -> !known.isFresh(clock.instant()))
                .isEmpty();
    }

    private @Nullable Flight prepare(HttpServerExchange exchange, Waiter waiter, FlightPlan plan) {
        var block = memory.take(0);
        if (block == null) {
            return null;
        }
        var flight = new Flight(plan, this, learner, exchange.getIoThread(), block);
        flight.join(waiter, plan);
        return flight;
    }

    private static void discard(@Nullable Flight flight) {
        if (flight != null) {
            flight.discard();
        }
    }

    /** Succeeds only if no other flight has been published since {@code seen}. */
    private boolean publish(Flight flight, List<Flight> seen) {
        return seen.isEmpty()
                ? flying.putIfAbsent(flight.resource(), List.of(flight)) == null
                : flying.replace(flight.resource(), seen, both(seen, List.of(flight)));
    }

    private static List<Flight> both(List<Flight> some, List<Flight> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    void remove(Flight flight) {
        flying.computeIfPresent(flight.resource(), (_, flights) -> {
            var left = flights.stream().filter(other -> other != flight).toList();
            return left.isEmpty() ? null : left;
        });
    }

    SpoolMemory memory() {
        return memory;
    }

    LatelyUnshared unshared() {
        return unshared;
    }

    OriginProxy origin() {
        return origin;
    }

    /** Most blocks of one shared body: half of all, so that no single one starves the others. */
    int mostBlocks() {
        return Math.max(1, memory.blocks() / 2);
    }

    /** Blocks of a body that one client alone gets: as many as are read ahead. */
    int leastBlocks() {
        return Spool.READ_AHEAD / SpoolMemory.BLOCK;
    }

    long lingerMillis() {
        return config.linger().toMillis();
    }

    Duration idleTimeout() {
        return origin.idleTimeout();
    }

    boolean isFresh(Lesson lesson) {
        return clock.instant().isBefore(lesson.freshUntil());
    }

    Instant now() {
        return clock.instant();
    }

    void countCollapsed() {
        meters.countCollapsed();
    }

    void countOriginBytes(int bytes) {
        meters.countOriginBytes(bytes);
    }

    /** Bytes of spool memory in use. */
    public long spooledBytes() {
        return memory.used();
    }
}
