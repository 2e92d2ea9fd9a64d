package io.fingerpost.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RedisProcessTest {
    private static final Duration TO_FAIL_OVER = Duration.ofSeconds(15);

    static Stream<RedisBinary> binaries() {
        return Stream.concat(Stream.of(RedisBinary.bundled()), RedisBinary.installed().stream());
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void losesItsDataWhenItIsKilled(RedisBinary binary) {
        try (var redis = RedisProcess.start(binary)) {
            redis.ask("SET", "colour", "grün");
            assertThat(redis.ask("GET", "colour")).isEqualTo("grün");

            redis.kill();
            assertThatThrownBy(() -> redis.ask("PING")).hasMessageContaining("refused");
            redis.startAgain();

            assertThat(redis.ask("GET", "colour")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void hasItsDataAgainIfItIsToKeepThem(RedisBinary binary) {
        try (var redis = RedisProcess.keeping(binary)) {
            redis.ask("SET", "colour", "green");

            redis.kill();
            redis.startAgain();

            assertThat(redis.ask("GET", "colour")).isEqualTo("green");
        }
    }

    @ParameterizedTest
    @MethodSource("binaries")
    void answersNothingWhileItIsFrozen(RedisBinary binary) {
        try (var redis = RedisProcess.start(binary)) {
            redis.freeze();
            assertThatThrownBy(() -> Resp.ask(redis.port(), Duration.ofMillis(300), "PING")).hasCauseInstanceOf(
                    SocketTimeoutException.class);

            redis.thaw();
            assertThat(redis.ask("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void tellsWhyItDoesNotStart() {
        assertThatThrownBy(() -> RedisProcess.launch(RedisBinary.bundled(), List.of("no-such-setting 1")))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("no-such-setting");
    }

    @Test
    void doesNotStartOnAPortThatAnotherHas() throws IOException {
        try (var redis = RedisProcess.start()) {
            redis.kill();
            try (var other = new ServerSocket(redis.port(), 1, InetAddress.getLoopbackAddress())) {
                assertThat(other.isBound()).isTrue();
                assertThatThrownBy(redis::startAgain).hasMessageContaining("Address already in use");
            }

            redis.startAgain();
        }
    }

    @Test
    void mayBeClosedTwice() {
        var redis = RedisProcess.start();
        redis.close();
        redis.close();

        assertThat(redis.isRunning()).isFalse();
    }

    @Test
    void sentinelsMakeTheReplicaTheMaster() {
        try (var sentinels = RedisSentinels.start()) {
            RedisProcess dead = sentinels.killMaster();

            await().atMost(TO_FAIL_OVER).until(() -> sentinels.master() != dead);
            assertThat(sentinels.master().ask("SET", "colour", "green")).isEqualTo("OK");
        }
    }

    @Test
    void aClusterIsWellAgainAfterTheDeathOfAMaster() {
        try (var cluster = RedisCluster.start()) {
            cluster.killOneMaster();

            await().atMost(TO_FAIL_OVER).untilAsserted(() -> {
                assertThat(cluster.running()).hasSize(5).allSatisfy(RedisCluster::assertWell);
                assertThat(cluster.running()).filteredOn(RedisCluster::isMaster).hasSize(3);
            });
        }
    }
}
