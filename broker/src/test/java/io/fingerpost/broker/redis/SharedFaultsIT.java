package io.fingerpost.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fingerpost.broker.redis.SteadyClient.Source;
import io.fingerpost.testing.redis.RedisBinary;
import io.fingerpost.testing.redis.RedisCluster;
import io.fingerpost.testing.redis.RedisProcess;
import io.fingerpost.testing.redis.RedisSentinels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever happens to the Redis that brokers and a registry share: every client gets what the origin would have given, or is sent to
 * a peer that is there, and afterwards all share again by themselves.
 *
 * <p>All that is tried here takes its time, so it is tried at the same time.
 */
class SharedFaultsIT {
    private static final Logger LOG = LoggerFactory.getLogger(SharedFaultsIT.class);
    /** The distribution's if there is one; the other scenarios have that which comes with the build. */
    private static final RedisBinary NEWER = RedisBinary.installed().orElseGet(RedisBinary::bundled);
    private static final Duration TO_BEGIN = Duration.ofSeconds(25);
    private static final Duration TO_HEAL = Duration.ofSeconds(20);
    private static final Duration LEASES_END = SharedSystem.LEASE.plusSeconds(3);

    @TempDir
    static Path data;

    /** Something that is tried. */
    private interface Scenario {
        void play(Path data) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> aRedisThat() {
        Map<String, Scenario> scenarios = new LinkedHashMap<>();
        scenarios.put("is frozen for half a minute", SharedFaultsIT::frozen);
        scenarios.put("is a Cluster that loses two masters, one after the other", SharedFaultsIT::losesItsMasters);
        scenarios.put("is killed and comes back empty", at -> killed(at, RedisProcess.start()));
        scenarios.put("is killed and comes back with its data", at -> killed(at, RedisProcess.keeping(NEWER)));
        scenarios.put("fails over by Sentinel", SharedFaultsIT::failsOverBySentinel);
        scenarios.put("fails over by Sentinel from a master that hangs", SharedFaultsIT::hangs);
        scenarios.put("is not there at first", SharedFaultsIT::notThereAtFirst);
        scenarios.put("does not answer at first", SharedFaultsIT::silentAtFirst);

        Map<String, CompletableFuture<Void>> running = new LinkedHashMap<>();
        scenarios.forEach((name, scenario) -> {
            Path own = data.resolve("scenario-" + running.size());
            running.put(name, CompletableFuture.runAsync(() -> play(name, scenario, own),
                    task -> new Thread(task, name).start()));
        });
        return running.entrySet().stream().map(each -> dynamicTest(each.getKey(), each.getValue()::join));
    }

    private static void play(String name, Scenario scenario, Path own) {
        long start = System.nanoTime();
        try {
            scenario.play(own);
            LOG.info("a Redis that {}: well after {}", name, Duration.ofNanos(System.nanoTime() - start));
        } catch (Exception e) {
            throw new CompletionException(e);
        }
    }

    private static void killed(Path data, RedisProcess started) throws Exception {
        try (var redis = started; var system = SharedSystem.start(data, redis.url())) {
            away(system, redis::kill, LEASES_END, redis::startAgain);
        }
    }

    private static void frozen(Path data) throws Exception {
        try (var redis = RedisProcess.start(); var system = SharedSystem.start(data, redis.url())) {
            away(system, redis::freeze, Duration.ofSeconds(30), redis::thaw);
        }
    }

    /** Redis goes away for longer than leases last, and comes back. */
    private static void away(SharedSystem system, Runnable goes, Duration length, Runnable comesBack) throws Exception {
        LivePeer mortal = system.addPeer();
        begin(system);

        goes.run();
        mortal.die();
        long back = System.nanoTime() + length.toNanos();
        system.ofSecond().awaitSource(Source.PEER, SharedSystem.LEASE);
        system.ofSecond().awaitSource(Source.ORIGIN, LEASES_END);
        Thread.sleep(Duration.ofNanos(back - System.nanoTime())); // it is away for so long, whatever happens
        assertThat(system.ofSecond().source()).as("without a lease that runs").isEqualTo(Source.ORIGIN);
        assertThat(system.ofFirst().source()).as("with a peer that reports here").isEqualTo(Source.PEER);
        assertThat(system.isSharing()).isFalse();
        comesBack.run();

        assertSharesAgain(system);
    }

    private static void failsOverBySentinel(Path data) throws Exception {
        try (var redis = RedisSentinels.start(NEWER); var system = SharedSystem.start(data, redis.url())) {
            system.addPeer();
            begin(system);

            redis.killMaster();
            outliveLeases();

            assertSharesAgain(system);
        }
    }

    /** No connection to it breaks. */
    private static void hangs(Path data) throws Exception {
        try (var redis = RedisSentinels.start(); var system = SharedSystem.start(data, redis.url())) {
            system.addPeer();
            begin(system);

            redis.master().freeze();
            outliveLeases();

            assertSharesAgain(system);
        }
    }

    private static void losesItsMasters(Path data) throws Exception {
        try (var redis = RedisCluster.start(); var system = SharedSystem.start(data, redis.url())) {
            system.addPeer();
            begin(system);

            for (int i = 0; i < 2; i++) { // what is kept somewhere most likely fails over once
                redis.killOneMaster();
                outliveLeases();
                system.awaitAllPeers(TO_HEAL);
            }

            assertSharesAgain(system);
        }
    }

    private static void notThereAtFirst(Path data) throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.kill();
            comes(redis.url(), data, redis::startAgain);
        }
    }

    private static void silentAtFirst(Path data) throws Exception {
        try (var redis = RedisProcess.start()) {
            redis.freeze();
            comes(redis.url(), data, redis::thaw);
        }
    }

    /** Redis is not there when brokers and registry start. */
    private static void comes(String redis, Path data, Runnable comes) throws Exception {
        try (var system = SharedSystem.start(data, redis)) {
            assertThat(system.toStart()).isLessThan(TO_BEGIN);
            system.addPeer();
            system.addPeerOfFirst();
            system.ofFirst().awaitSource(Source.ORIGIN, TO_BEGIN);
            system.ofSecond().awaitSource(Source.ORIGIN, TO_BEGIN);

            comes.run();

            assertSharesAgain(system);
        }
    }

    /** What is not renewed meanwhile is gone. */
    private static void outliveLeases() throws InterruptedException {
        Thread.sleep(SharedSystem.LEASE.plusSeconds(1));
    }

    private static void begin(SharedSystem system) throws Exception {
        system.addPeer();
        system.addPeerOfFirst();
        system.awaitAllPeers(TO_BEGIN);
    }

    /** Also of who comes only now, everybody hears. */
    private static void assertSharesAgain(SharedSystem system) throws Exception {
        long start = System.nanoTime();
        system.awaitAllPeers(TO_HEAL);
        LOG.info("shared again after {}", Duration.ofNanos(System.nanoTime() - start));
        system.addPeer();
        system.awaitAllPeers(TO_HEAL);
        await().atMost(TO_HEAL).until(system::isSharing);
        LOG.info("a newcomer was known after {}; slowest answers {} and {}",
                Duration.ofNanos(System.nanoTime() - start), system.ofFirst().slowest(), system.ofSecond().slowest());
        system.assertAllAnswersWereGood();
    }
}
