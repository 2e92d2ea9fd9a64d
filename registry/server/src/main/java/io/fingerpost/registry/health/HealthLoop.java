package io.fingerpost.registry.health;

import io.fingerpost.registry.Registry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets {@link Health} tick: one thread for that, and one for each probe under way. */
public final class HealthLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthLoop.class);
    private static final Duration TICK = Duration.ofMillis(100);

    private final Health health;
    private final ExecutorService probes;
    private final Thread thread = Thread.ofVirtual().name("health").unstarted(this::run);

    /** @param probes the executor of {@code health}, which is shut down with this */
    private HealthLoop(Health health, ExecutorService probes) {
        this.health = health;
        this.probes = probes;
    }

    /** A loop whose probes wait on virtual threads. */
    public static HealthLoop of(Registry registry, Health.Clinic clinic, InstantSource clock) {
        var probes = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("probe-", 0).factory());
        return new HealthLoop(new Health(registry, clinic, new SplittableRandom(), probes, clock), probes);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                tick();
                Thread.sleep(TICK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void tick() {
        try {
            health.tick();
        } catch (RuntimeException e) {
            if (!thread.isInterrupted()) { // else the executor refuses what is not wanted any more
                LOG.error("a round of probes failed", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        probes.shutdownNow();
    }
}
