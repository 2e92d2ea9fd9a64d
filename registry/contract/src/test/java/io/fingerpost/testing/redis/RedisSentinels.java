package io.fingerpost.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A master and its replica, watched by three sentinels of which two must agree: a master that is dead for 1 s is replaced by
 * its replica. Nothing is kept on disk.
 */
public final class RedisSentinels implements AutoCloseable {
    private static final String NAME = "fingerpost";
    private static final Duration TO_START = Duration.ofSeconds(30);

    private final List<RedisProcess> servers = new ArrayList<>();
    private final List<RedisProcess> sentinels = new ArrayList<>();

    private RedisSentinels() {}

    /** Of the usual program. */
    public static RedisSentinels start() {
        return start(RedisBinary.usual());
    }

    /** Returns when each sentinel knows the replica and the other sentinels. */
    public static RedisSentinels start(RedisBinary binary) {
        var started = new RedisSentinels();
        try {
            started.launch(binary);
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    private void launch(RedisBinary binary) {
        List<String> settings = List.of("save \"\"", "repl-diskless-sync yes", "repl-diskless-sync-delay 0");
        var master = RedisProcess.launch(binary, settings);
        servers.add(master);
        var replica = RedisProcess.launch(binary,
                Stream.concat(settings.stream(), Stream.of("replicaof 127.0.0.1 " + master.port())).toList());
        servers.add(replica);
        // A sentinel asks a master for its replicas when it meets it, and then only every 10 s.
        await().atMost(TO_START).untilAsserted(
                () -> assertThat(master.ask("INFO", "replication")).contains("state=online"));
        for (int i = 0; i < 3; i++) {
            sentinels.add(RedisProcess.launch(binary, List.of(
                    "sentinel monitor " + NAME + " 127.0.0.1 " + master.port() + " 2",
                    "sentinel down-after-milliseconds " + NAME + " 1000",
                    "sentinel failover-timeout " + NAME + " 3000"), "--sentinel"));
        }
        await().atMost(TO_START).untilAsserted(
                () -> assertThat(sentinels).allSatisfy(RedisSentinels::assertKnowsAll));
    }

    private static void assertKnowsAll(RedisProcess sentinel) {
        assertThat(sentinel.ask("INFO", "sentinel")).contains("status=ok", "slaves=1,sentinels=3");
        assertThat(sentinel.ask("SENTINEL", "CKQUORUM", NAME)).startsWith("OK 3 usable Sentinels");
        assertThat(sentinel.ask("SENTINEL", "REPLICAS", NAME)).contains("\nflags\nslave\n",
                "\nmaster-link-status\nok\n");
    }

    /** For a client that asks the sentinels for the master. */
    public String url() {
        return "redis-sentinel://" + sentinels.stream().map(RedisProcess::address).collect(Collectors.joining(","))
                + "/0#" + NAME;
    }

    /** The server that the first sentinel names as the master now: a dead one until its replica has taken over. */
    public RedisProcess master() {
        String address = sentinels.getFirst().ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).replace('\n', ':');
        return servers.stream().filter(server -> server.address().equals(address)).findFirst().orElseThrow();
    }

    /** Kills the {@link #master} and returns it, dead: started again, it becomes a replica about 10 s later. */
    public RedisProcess killMaster() {
        RedisProcess master = master();
        master.kill();
        return master;
    }

    @Override
    public void close() {
        sentinels.forEach(RedisProcess::close);
        servers.forEach(RedisProcess::close);
    }
}
