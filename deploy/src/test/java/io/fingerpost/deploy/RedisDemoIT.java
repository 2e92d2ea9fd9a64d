package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.redis.RedisBinary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** So has the demo of brokers and registries that share a Redis. */
class RedisDemoIT {
    /** Nine processes have to start, eight of them Java. */
    private static final Duration MOST = Duration.ofMinutes(5);

    @RegisterExtension
    private final Site site = new Site();

    @Test
    void allThatTheDemoSaysIsTrue() throws Exception {
        for (int i = 0; i < 210; i++) {
            site.file("file-" + i + ".bin", 300_000 + new Random(i).nextInt(500_000));
        }
        Path redis = RedisBinary.bundled().program();

        var ran = site.run(MOST, Map.of("REDIS_SERVER", redis.toString()), demo(), "--redis", "--files",
                site.folder().toString());

        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("ok    broker-2, which never saw it pass, redirects to agent-1",
                "ok    agent-3 got it through broker-2, every piece verified",
                "ok    all three have it, and the origin has still sent one copy",
                "ok    two leases later, broker-1 still redirects to each of the three",
                "ok    a lease later, broker-1 still redirects to each of the three",
                "ok    every answer was 200, or 302 to a live peer, which had it",
                "ok    all bytes were right", "All of that was true.").doesNotContain("WRONG");
        assertThat(ProcessHandle.allProcesses()
                .filter(process -> process.info().command().filter(redis.toString()::equals).isPresent())).isEmpty();
    }

    @Test
    void withoutARedisServerItSaysSoInOneLine() throws Exception {
        var ran = site.run(MOST, Map.of("REDIS_SERVER", "/no/redis-server"), demo(), "--redis");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err().lines()).containsExactly("fingerpost: REDIS_SERVER names no program: '/no/redis-server'");
    }

    private static String demo() {
        return Site.home().resolve("deploy").resolve("demo").toString();
    }
}
