package io.fingerpost.testing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis cluster of three masters with a replica each. A master that is dead for 1 s is found so and replaced by its replica;
 * in between, the whole cluster refuses commands. Nothing but the cluster's own state is kept on disk.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration TO_START = Duration.ofSeconds(30);

    /** The masters first, then the replica of each, in the same order. */
    private final List<RedisProcess> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Of the usual program. */
    public static RedisCluster start() {
        return start(RedisBinary.usual());
    }

    /** Returns when each node finds the cluster well and each replica has its master's data. */
    public static RedisCluster start(RedisBinary binary) {
        var started = new RedisCluster();
        try {
            started.launch(binary);
            return started;
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    private void launch(RedisBinary binary) {
        for (int i = 0; i < 2 * MASTERS; i++) {
            nodes.add(RedisProcess.launch(binary, List.of("save \"\"", "repl-diskless-sync yes",
                    "repl-diskless-sync-delay 0", "cluster-enabled yes", "cluster-node-timeout 1000")));
        }
        for (int i = 0; i < MASTERS; i++) {
            nodes.get(i).ask(addSlots(SLOTS * i / MASTERS, SLOTS * (i + 1) / MASTERS));
        }
        meet();
        for (int i = 0; i < MASTERS; i++) {
            nodes.get(MASTERS + i).ask("CLUSTER", "REPLICATE", nodes.get(i).ask("CLUSTER", "MYID"));
        }
        await().atMost(TO_START).untilAsserted(() -> assertThat(nodes).allSatisfy(RedisCluster::assertWell));
        await().atMost(TO_START).untilAsserted(() -> assertThat(nodes.subList(MASTERS, 2 * MASTERS)).allSatisfy(
                replica -> assertThat(replica.ask("INFO", "replication")).contains("master_link_status:up")));
    }

    private static String[] addSlots(int from, int to) {
        return Stream.concat(Stream.of("CLUSTER", "ADDSLOTS"), IntStream.range(from, to).mapToObj(Integer::toString))
                .toArray(String[]::new);
    }

    private void meet() {
        for (int i = 0; i < nodes.size(); i++) {
            // Else all would claim their slots at the same age, and first had to settle who gives way.
            nodes.get(i).ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
        }
        for (RedisProcess node : nodes.subList(1, nodes.size())) {
            nodes.getFirst().ask("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port()));
        }
        await().atMost(TO_START).untilAsserted(() -> assertThat(nodes).allSatisfy(
                node -> assertThat(node.ask("CLUSTER", "NODES")).doesNotContain("handshake").hasLineCount(
                        nodes.size())));
    }

    static void assertWell(RedisProcess node) {
        assertThat(node.ask("CLUSTER", "INFO")).contains("cluster_state:ok");
    }

    static boolean isMaster(RedisProcess node) {
        return node.ask("ROLE").startsWith("master\n");
    }

    /** The nodes that run. */
    List<RedisProcess> running() {
        return nodes.stream().filter(RedisProcess::isRunning).toList();
    }

    /** For a client that begins with any of the six nodes. */
    public String url() {
        return "redis-cluster://" + nodes.stream().map(RedisProcess::address).collect(Collectors.joining(","));
    }

    /** Kills a node that is a master now and returns it, dead: started again, it becomes a replica. */
    public RedisProcess killOneMaster() {
        RedisProcess master = running().stream().filter(RedisCluster::isMaster).findFirst().orElseThrow();
        master.kill();
        return master;
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
    }
}
