package io.fingerpost.registry.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Commands that go to Redis in their order and together, with few calls to the system: each by itself would cost some ten times as much. */
final class Batch {
    private static final byte[] DELETE_IF = RedisLink.bytes("""
            if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
            return 0""");

    private final List<AsyncCommand<byte[], byte[], Long>> commands = new ArrayList<>();

    void hset(byte[] key, byte[] field, byte[] value) {
        var _ = add(CommandType.HSET, arguments(key).addValue(field).addValue(value));
    }

    void hdel(byte[] key, byte[] field) {
        var _ = add(CommandType.HDEL, arguments(key).addValue(field));
    }

    /** Only if that is what the field has. */
    void deleteIf(byte[] key, byte[] field, byte[] value) {
        var _ = add(CommandType.EVAL, new CommandArgs<>(ByteArrayCodec.INSTANCE).add(DELETE_IF).add(1).addKey(key)
                .addValue(field).addValue(value));
    }

    /** What it is completed with is 1 if the key was there. */
    CompletableFuture<Long> pexpire(byte[] key, Duration left) {
        return add(CommandType.PEXPIRE, arguments(key).add(left.toMillis()));
    }

    /** In a Cluster, all nodes tell each other. */
    void publish(byte[] channel, byte[] message) {
        var _ = add(CommandType.PUBLISH, arguments(channel).addValue(message));
    }

    private static CommandArgs<byte[], byte[]> arguments(byte[] key) {
        return new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(key);
    }

    private AsyncCommand<byte[], byte[], Long> add(CommandType type, CommandArgs<byte[], byte[]> arguments) {
        var command = new AsyncCommand<>(new Command<>(type, new IntegerOutput<>(ByteArrayCodec.INSTANCE), arguments));
        commands.add(command);
        return command;
    }

    /**
     * Sends them all; done when all are.
     *
     * @throws RedisLink.Unavailable if there was no connection yet
     */
    CompletableFuture<?> send(RedisLink link) {
        link.send(commands);
        return CompletableFuture.allOf(commands.toArray(CompletableFuture<?>[]::new));
    }
}
