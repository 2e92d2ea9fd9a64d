package io.fingerpost.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeptThreadsTest {
    private final ExecutorService others = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService threads = KeptThreads.of("kept-", 2, others);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void stop() {
        goOn.countDown();
        threads.shutdownNow();
        others.shutdownNow();
    }

    private Future<Thread> busy() {
        return threads.submit(() -> {
            goOn.await();
            return Thread.currentThread();
        });
    }

    @Test
    void whenAllAreBusyOthersTakeWhatComes() throws Exception {
        var first = busy();
        var second = busy();

        assertThat(threads.submit(Thread::currentThread).get().isVirtual()).isTrue();

        goOn.countDown();
        assertThat(first.get().isVirtual()).isFalse();
        assertThat(second.get().getName()).startsWith("kept-");
    }

    @Test
    void interruptsWhatStillRunsWhenItIsShut() {
        var running = busy();

        threads.shutdownNow();

        assertThat(running).failsWithin(Duration.ofSeconds(10)).withThrowableThat()
                .withCauseInstanceOf(InterruptedException.class);
    }
}
