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
        this.origin = origin;
        this.learner = learner;
        this.table = table;
        this.clock = clock;
        this.meters = meters;
    }

    /** Answers with what the origin has, fetched for this request or for one that came before it. */
    public void forward(HttpServerExchange exchange, EdgeRequest request, Reason reason) throws Exception {
        if (!request.method().equals("GET") || !reason.isCollapsible()) {
            origin.forward(exchange, request);
            return;
        }
        boolean own = request.isOrdinary();
        boolean starts = (own || table.isLabelled(request.resource())) && isFromTheBeginning(request.range());
        var plan = new FlightPlan(Kind.WHOLE, request, "", 0, own);
        var answer = new SpooledAnswer(exchange, request, this, plan, Revalidation.NONE);
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> board(answer, plan, reason != Reason.NO_CACHE, starts));
    }

    /** Asks the origin whether what is known under {@code etag} is still right. */
    public void revalidate(HttpServerExchange exchange, EdgeRequest request, String etag, Revalidation revalidation) {
        var plan = new FlightPlan(Kind.REVALIDATION, request, etag, 0, false);
        var answer = new SpooledAnswer(exchange, request, this, plan, revalidation);
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> board(answer, plan, true, true));
    }

    private void board(SpooledAnswer answer, FlightPlan plan, boolean joins, boolean starts) {
        boolean boarded = switch (joinOrStart(answer, plan, joins, starts)) {
            case JOINED -> {
                meters.countCollapsed();
                yield true;
            }
            case STARTED -> true;
            case NEITHER -> false;
        };
        if (!boarded) {
            answer.goAlone();
        }
    }

    /** Lets one whose bytes had to make room go on elsewhere; false if there is no memory to do so. */
    boolean resume(SpooledAnswer answer, FlightPlan rest) {
        return joinOrStart(answer, rest, true, true) != Boarding.NEITHER;
    }

    private static boolean isFromTheBeginning(ByteRange range) {
        return switch (range) {
            case ByteRange.Whole _ -> true;
            case ByteRange.FromTo(long first, long last) -> first == 0 && last == Long.MAX_VALUE;
            case ByteRange.Suffix _,ByteRange.Multiple _ -> false;
        };
    }

    private enum Boarding {
        JOINED, STARTED, NEITHER
    }

    private Boarding joinOrStart(SpooledAnswer answer, FlightPlan plan, boolean joins, boolean starts) {
        Flight own = null;
        while (true) {
            var seen = flying.getOrDefault(plan.resource(), List.of());
            if (joins && seen.stream().anyMatch(flight -> flight.join(answer, plan))) {
                discard(own);
                return Boarding.JOINED;
            }
            own = own == null && starts ? prepare(answer, plan) : own;
            if (own == null) {
                return Boarding.NEITHER;
            }
            if (publish(own, seen)) {
                own.start(origin.fetch(answer.exchange(), plan.request().resource(), plan::adjust, own));
                return Boarding.STARTED;
            }
        }
    }

    private @Nullable Flight prepare(SpooledAnswer answer, FlightPlan plan) {
        var block = memory.take();
        if (block == null) {
            return null;
        }
        var flight = new Flight(plan, this, learner, answer.exchange().getIoThread(), block);
        flight.join(answer, plan);
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

    void countOriginBytes(int bytes) {
        meters.countOriginBytes(bytes);
    }

    /** Bytes of spool memory in use. */
    public long spooledBytes() {
        return memory.used();
    }
}
