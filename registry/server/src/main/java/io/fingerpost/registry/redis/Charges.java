package io.fingerpost.registry.redis;

import io.fingerpost.registry.redis.News.Charge;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that were sent to peers from here, of whom the others are told together. Whoever adds one does not wait. */
final class Charges {
    private static final int MOST_IN_MESSAGE = 1_000;
    /** More are not told of: then Redis is away. */
    private static final int MOST_WAITING = 100_000;

    private final RedisLink link;
    private final Wire wire;
    private final Queue<Charge> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    Charges(RedisLink link, Wire wire) {
        this.link = link;
        this.wire = wire;
    }

    void add(Charge charge) {
        if (count.incrementAndGet() > MOST_WAITING) {
            count.decrementAndGet();
            return;
        }
        waiting.add(charge);
    }

    /** Tells of all that wait. */
    void send() {
        while (!waiting.isEmpty()) {
            var some = new ArrayList<Charge>();
            for (Charge next = waiting.poll(); next != null; next = some.size() < MOST_IN_MESSAGE
                    ? waiting.poll()
                    : null) {
                some.add(next);
            }
            count.addAndGet(-some.size());
            RedisLink.unwaited(wire.tell(link, new News.Charged(some)));
        }
    }
}
