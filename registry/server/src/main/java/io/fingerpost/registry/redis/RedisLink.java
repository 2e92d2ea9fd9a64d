package io.fingerpost.registry.redis;

import io.fingerpost.registry.RequestRejected;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to Redis: one for commands, which are all pipelined, and one for messages. Tries again and again until Redis is
 * there; what is asked meanwhile fails at once, and what Redis does not answer fails after {@link #TIMEOUT}.
 */
final class RedisLink implements AutoCloseable {
    /** For an answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    /** Most commands without an answer: with more, new ones fail at once. */
    private static final int MOST_PENDING = 200_000;

    private final RedisAddress address;
    private final ClientResources resources = DefaultClientResources.builder().ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(Delay.exponential(Duration.ofMillis(10), RETRY, 2, TimeUnit.MILLISECONDS)).build();
    private final AbstractRedisClient client;
    private final Set<String> channels = ConcurrentHashMap.newKeySet();
    private final Runnable onConnect;
    private final BiConsumer<String, byte[]> onMessage;
    private final Thread connecting = Thread.ofVirtual().name("redis-connect").unstarted(this::connect);
    private volatile @Nullable Connections connections;
    private volatile boolean closed;

    private record Connections(StatefulConnection<byte[], byte[]> commands,
            RedisClusterAsyncCommands<byte[], byte[]> async, StatefulRedisPubSubConnection<byte[], byte[]> messages) {}

    /** Redis cannot be asked. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unavailable() {
            super("Redis is not connected");
        }
    }

    /**
     * A link that is not there yet, see {@link #start}.
     *
     * @param onConnect is called whenever messages may have been missed: at first, and after each break
     * @param onMessage is called with a channel and a message; must not wait
     */
    RedisLink(RedisAddress address, Runnable onConnect, BiConsumer<String, byte[]> onMessage) {
        this.address = address;
        this.onConnect = onConnect;
        this.onMessage = onMessage;
        address.nodes().forEach(node -> node.setTimeout(TIMEOUT)); // also for the first words on a connection
        this.client = address.isCluster()
                ? RedisClusterClient.create(resources, address.nodes())
                : RedisClient.create(resources, address.nodes().getFirst());
        var cluster = ClusterClientOptions.builder(options())
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(2))
                        .enablePeriodicRefresh(Duration.ofSeconds(10)).build())
                .build();
        if (client instanceof RedisClusterClient many) {
            many.setOptions(cluster);
        } else if (client instanceof RedisClient one) {
            one.setOptions(options());
        }
    }

    private static ClientOptions options() {
        return ClientOptions.builder()
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(MOST_PENDING)
                .timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
                .socketOptions(SocketOptions.builder().connectTimeout(TIMEOUT)
                        .keepAlive(SocketOptions.KeepAliveOptions.builder().enable()
                                .idle(Duration.ofSeconds(10)).interval(Duration.ofSeconds(5)).count(3).build())
                        .build())
                .build();
    }

    /** Connects now if Redis is there, else as soon as it is. */
    void start() {
        try {
            open();
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("redis", address).addKeyValue("why", why(e))
                    .log("Redis cannot be reached; trying again every second");
            connecting.start();
        }
    }

    private void connect() {
        while (!closed && connections == null) {
            try {
                Thread.sleep(RETRY);
                open();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.atDebug().addKeyValue("why", why(e)).log("Redis still cannot be reached");
            }
        }
    }

    private void open() {
        switch (client) {
            case RedisClusterClient many -> {
                var commands = many.connect(ByteArrayCodec.INSTANCE);
                open(commands, commands.async(), () -> many.connectPubSub(ByteArrayCodec.INSTANCE));
            }
            case RedisClient one -> {
                var commands = one.connect(ByteArrayCodec.INSTANCE);
                open(commands, commands.async(), () -> one.connectPubSub(ByteArrayCodec.INSTANCE));
            }
            default -> throw new IllegalStateException("made by the constructor");
        }
    }

    private void open(StatefulConnection<byte[], byte[]> commands, RedisClusterAsyncCommands<byte[], byte[]> async,
            Supplier<StatefulRedisPubSubConnection<byte[], byte[]>> messages) {
        try {
            use(new Connections(commands, async, messages.get()));
        } catch (RuntimeException e) {
            unwaited(commands.closeAsync());
            throw e;
        }
    }

    private void use(Connections opened) {
        opened.messages.addListener(new RedisPubSubAdapter<byte[], byte[]>() {
            @Override
            public void message(byte[] channel, byte[] message) {
                onMessage.accept(new String(channel, StandardCharsets.ISO_8859_1), message);
            }
        });
        connections = opened;
        channels.forEach(channel -> unwaited(opened.messages.async().subscribe(bytes(channel))));
        opened.messages.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(io.lettuce.core.RedisChannelHandler<?, ?> connection, SocketAddress socket) {
                LOG.atInfo().addKeyValue("redis", address).log("connected to Redis again");
                onConnect.run();
            }
        });
        LOG.atInfo().addKeyValue("redis", address).log("connected to Redis");
        onConnect.run();
    }

    /** Connects anew, to wherever Redis is now: a server that hangs breaks no connection. Waits; throws if there is none. */
    void reconnect() {
        var silent = connections;
        if (silent == null || closed) {
            return; // it is being connected anyway
        }
        open();
        unwaited(silent.messages.closeAsync());
        unwaited(silent.commands.closeAsync());
    }

    private static String why(Throwable e) {
        Throwable cause = e.getCause();
        return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
    }

    /** Whether Redis could be asked; it need not answer. */
    boolean isConnected() {
        var open = connections;
        return open != null && open.commands.isOpen();
    }

    /** @throws Unavailable if there was no connection yet */
    RedisClusterAsyncCommands<byte[], byte[]> commands() {
        var open = connections;
        if (open == null) {
            throw new Unavailable();
        }
        return open.async;
    }

    /**
     * Sends many commands, to a single server with few calls to the system. Of a Cluster, a node may be away: only what goes there
     * fails.
     *
     * @throws Unavailable if there was no connection yet
     */
    void send(List<? extends AsyncCommand<byte[], byte[], ?>> commands) {
        var open = connections;
        if (open == null) {
            throw new Unavailable();
        }
        if (address.isCluster()) {
            commands.forEach(command -> send(open, List.of(command)));
        } else if (!commands.isEmpty()) {
            send(open, commands);
        }
    }

    private static void send(Connections open, List<? extends AsyncCommand<byte[], byte[], ?>> commands) {
        try {
            open.commands.dispatch(commands);
        } catch (RedisException e) {
            commands.forEach(command -> command.completeExceptionally(e));
        }
    }

    /** Messages of the channel are heard once this is done, also after a break; if Redis is away, once it is back. */
    CompletionStage<?> subscribe(String channel) {
        channels.add(channel);
        var open = connections;
        return open == null ? CompletableFuture.completedStage(null) : open.messages.async().subscribe(bytes(channel));
    }

    /** Done when all messages are heard that are told from now on. */
    CompletionStage<?> listening() {
        var open = connections;
        if (open == null) {
            throw new Unavailable();
        }
        return open.messages.async().subscribe(bytes(Keys.NEWS)); // after all others
    }

    void unsubscribe(String channel) {
        channels.remove(channel);
        var open = connections;
        if (open != null) {
            unwaited(open.messages.async().unsubscribe(bytes(channel)));
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Waits for an answer, off the I/O threads.
     *
     * @throws RequestRejected 503 if there is none
     */
    static <T> T await(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().orTimeout(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            LOG.atDebug().addKeyValue("why", why(e)).log("Redis did not answer");
            throw e.getCause() instanceof RequestRejected refused ? refused : notKept();
        }
    }

    /** For what need not be waited for, and mends itself if it fails. */
    static void unwaited(CompletionStage<?> answer) {
        answer.exceptionally(e -> {
            LOG.atDebug().addKeyValue("why", why(e)).log("Redis did not take something");
            return null;
        });
    }

    static RequestRejected notKept() {
        return new RequestRejected(503, "registry-not-kept", "this cannot be kept at the moment; try again later",
                Duration.ofSeconds(2));
    }

    @Override
    public void close() {
        closed = true;
        connecting.interrupt();
        client.shutdown(Duration.ZERO, TIMEOUT);
        try {
            resources.shutdown(0, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).get(2 * TIMEOUT.toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.debug("the Redis client's threads did not end in time", e);
        }
    }
}
