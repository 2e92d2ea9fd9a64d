package io.fingerpost.registry;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets leases run out on time: one thread that sweeps, waits as long as the registry says, and sweeps again. */
public final class LeaseSweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseSweeper.class);

    private final Registry registry;
    private final Thread thread = Thread.ofVirtual().name("lease-sweeper").unstarted(this::run);

    public LeaseSweeper(Registry registry) {
        this.registry = registry;
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(sweep());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private Duration sweep() {
        try {
            return registry.sweep();
        } catch (RuntimeException e) {
            LOG.error("sweeping the leases failed", e);
            return registry.terms().heartbeat();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
