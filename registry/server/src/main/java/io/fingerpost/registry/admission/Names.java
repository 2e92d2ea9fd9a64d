package io.fingerpost.registry.admission;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks host names up. The system's resolver knows no time limit and holds a real thread meanwhile, so that it gets some of its own: name
 * servers that do not answer hold up each other's names and nothing else.
 */
final class Names {
    private static final int THREADS = 16;
    private static final int WAITING = 256;

    private final ExecutorService threads = threads();

    private static ExecutorService threads() {
        var threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().name("names-", 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * All addresses of a host.
     *
     * @throws IOException if it has none, or it is not known in time
     */
    List<InetAddress> resolve(String host, Duration patience) throws IOException {
        Optional<InetAddress> literal = literal(host);
        if (literal.isPresent()) {
            return List.of(literal.get());
        }
        Future<InetAddress[]> found;
        try {
            found = threads.submit(() -> InetAddress.getAllByName(host));
        } catch (RejectedExecutionException e) {
            throw new IOException("too many host names are looked up at the moment", e);
        }
        try {
            return List.of(found.get(patience.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            found.cancel(true);
            throw new IOException("the host name does not resolve within " + patience.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownHostException
                    ? new IOException("the host name does not resolve", e)
                    : new IOException("the host name cannot be looked up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a name
        }
    }
}
