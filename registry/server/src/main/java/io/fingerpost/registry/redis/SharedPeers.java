package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Peer;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScriptOutputType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The peers in Redis, each under a lease that runs out there by itself. */
final class SharedPeers {
    /** Redis keeps a peer so much longer than its lease, so that leases outlive a Redis that is away for a moment. */
    static final Duration GRACE = Duration.ofMinutes(2);

    private static final byte[] ADMISSION = {'a'};
    private static final byte[] STATE = {'s'};
    private static final byte[] CHECKSUM = {'c'};
    private static final byte[] TENDER = {'t'};
    /** Nothing is written of a peer that is gone: it would never go again. */
    private static final byte[] SET_IF_THERE = RedisLink.bytes("""
            if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            return 1""");

    private final RedisLink link;

    /**
     * A peer whose lease runs.
     *
     * @param checksum of what it holds
     * @param holdings how many these are
     * @param tender the process that probes it
     * @param left until the lease ends
     */
    record Found(Admission admission, Peer.State state, long checksum, int holdings, String tender, Duration left) {}

    SharedPeers(RedisLink link) {
        this.link = link;
    }

    CompletionStage<Optional<Found>> find(PeerId id) {
        var redis = link.commands();
        var fields = redis.hmget(Keys.peer(id), ADMISSION, STATE, CHECKSUM, TENDER).toCompletableFuture();
        var left = redis.pttl(Keys.peer(id)).toCompletableFuture();
        var holdings = redis.hlen(Keys.holdings(id)).toCompletableFuture();
        return CompletableFuture.allOf(fields, left, holdings)
                .thenApply(_ -> found(fields.join(), left.join() - GRACE.toMillis(), holdings.join()));
    }

    private static Optional<Found> found(List<KeyValue<byte[], byte[]>> fields, long left, long holdings) {
        if (left <= 0 || !fields.getFirst().hasValue()
                || !(Codec.decode(ByteBuffer.wrap(fields.getFirst().getValue())) instanceof Change.Admitted admitted)) {
            return Optional.empty();
        }
        var state = StateCode.parse(fields.get(1).getValueOrElse(new byte[] {StateCode.of(Peer.State.GOOD)})[0]);
        return Optional.of(new Found(admitted.admission(), state, number(fields.get(2)), Math.toIntExact(holdings),
                text(fields.get(3)), Duration.ofMillis(left)));
    }

    private static long number(KeyValue<byte[], byte[]> field) {
        return field.hasValue() && field.getValue().length == Long.BYTES
                ? ByteBuffer.wrap(field.getValue()).getLong()
                : 0;
    }

    private static String text(KeyValue<byte[], byte[]> field) {
        return new String(field.getValueOrElse(new byte[0]), StandardCharsets.ISO_8859_1);
    }

    /** Takes a peer in, in place of what was there. */
    CompletionStage<?> admit(Peer peer, String tender, Duration lease) {
        byte[] key = Keys.peer(peer.id());
        var redis = link.commands();
        var written = redis.hset(key, Map.of(ADMISSION, Codec.encode(new Change.Admitted(peer.id(), peer.admission())),
                STATE, state(peer.state()), CHECKSUM, new byte[Long.BYTES], TENDER, RedisLink.bytes(tender)));
        return redis.pexpire(key, lease.plus(GRACE).toMillis()).thenCombine(written, (_, _) -> true);
    }

    /** Extends a lease, together with others; completed with 1 if it was there. */
    CompletableFuture<Long> renew(Batch batch, PeerId id, Duration lease) {
        return batch.pexpire(Keys.peer(id), lease.plus(GRACE));
    }

    /** What its lease still has, and less than nothing if it has run out. */
    CompletionStage<Duration> left(PeerId id) {
        return link.commands().pttl(Keys.peer(id)).thenApply(left -> Duration.ofMillis(left - GRACE.toMillis()));
    }

    /** Whether Redis keeps nothing of it, not even the rest of a lease that has ended. */
    CompletionStage<Boolean> isGone(PeerId id) {
        return link.commands().exists(Keys.peer(id)).thenApply(there -> there == 0);
    }

    CompletionStage<Optional<Long>> checksum(PeerId id) {
        return link.commands().hget(Keys.peer(id), CHECKSUM)
                .thenApply(sum -> Optional.ofNullable(sum).map(its -> ByteBuffer.wrap(its).getLong()));
    }

    /** Whether it was there. */
    CompletionStage<Boolean> setChecksum(PeerId id, long checksum) {
        return setIfThere(id, CHECKSUM, ByteBuffer.allocate(Long.BYTES).putLong(checksum).array());
    }

    CompletionStage<Boolean> setState(PeerId id, Peer.State state) {
        return setIfThere(id, STATE, state(state));
    }

    CompletionStage<Boolean> setTender(PeerId id, String tender) {
        return setIfThere(id, TENDER, RedisLink.bytes(tender));
    }

    private CompletionStage<Boolean> setIfThere(PeerId id, byte[] field, byte[] value) {
        return link.commands().<Long>eval(SET_IF_THERE, ScriptOutputType.INTEGER, new byte[][] {Keys.peer(id)}, field,
                value).thenApply(set -> set == 1);
    }

    private static byte[] state(Peer.State state) {
        return new byte[] {StateCode.of(state)};
    }

    CompletionStage<?> remove(PeerId id) {
        return link.commands().del(Keys.peer(id));
    }
}
