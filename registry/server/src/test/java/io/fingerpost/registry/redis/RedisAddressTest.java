package io.fingerpost.registry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
    @ParameterizedTest
    @CsvSource({
            "redis://10.0.0.5:6379, 10.0.0.5, 6379",
            "redis://redis_1.example/3, redis_1.example, 6379",
            "rediss://anna:secret@redis.example:6380/0, redis.example, 6380",
            "redis://:p%40%3A%2Fw@localhost, localhost, 6379",
            "redis://[::1]:7000, ::1, 7000"})
    void isOfOneServer(String text, String host, int port) {
        var nodes = RedisAddress.parse(text).nodes();

        assertThat(nodes).hasSize(1);
        assertThat(nodes.getFirst().getHost().replaceAll("[\\[\\]]", "")).isEqualTo(host);
        assertThat(nodes.getFirst().getPort()).isEqualTo(port);
        assertThat(nodes.getFirst().isSsl()).isEqualTo(text.startsWith("rediss:"));
    }

    @Test
    void isOfSentinelsOrOfACluster() {
        var sentinels = RedisAddress.parse("rediss-sentinel://:pw@10.0.0.1:26379,10.0.0.2:26379/0#main");
        assertThat(sentinels.nodes()).singleElement().satisfies(node -> {
            assertThat(node.getSentinels()).hasSize(2);
            assertThat(node.getSentinelMasterId()).isEqualTo("main");
        });
        var cluster = RedisAddress.parse("redis-cluster://10.0.0.1:7000,10.0.0.2");
        assertThat(cluster.isCluster()).isTrue();
        assertThat(cluster.nodes()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.5:6379", "http://10.0.0.5", "redis:/10.0.0.5", "redis://", "redis://:pass@",
            "redis://:pass@word@host:6379", "redis://:pass@host:1:2", "redis://host:port", "redis://host:70000",
            "redis://a b", "redis-socket:///tmp/redis", "redis-sentinel://host:1", "redis-cluster://:pass@x@y,z"})
    void refusesAllElseWithoutShowingIt(String text) {
        assertThatThrownBy(() -> RedisAddress.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Redis").hasMessageNotContaining("pass@").hasNoCause();
    }

    @Test
    void isShownWithoutPassword() {
        assertThat(RedisAddress.parse("redis://anna:secret@host:1/2")).hasToString("redis://host:1/2");
    }
}
