package io.fingerpost.agent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what is short and frequent: platform threads, which are kept for a while. A virtual thread that waits for a socket for a limited time
 * takes a poller, a timer and a carrier thread to wake it, which is more than the work itself if a piece of a file is all that it fetches.
 */
public final class KeptThreads {
    private static final long KEPT_SECONDS = 10;

    private KeptThreads() {}

    /**
     * @param name of the threads, before their number
     * @param most there may be
     * @param others take what comes when all are busy
     */
    public static ExecutorService of(String name, int most, ExecutorService others) {
        return new ThreadPoolExecutor(0, most, KEPT_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(),
                Thread.ofPlatform().daemon().name(name, 0).factory(), (task, _) -> others.execute(task));
    }
}
