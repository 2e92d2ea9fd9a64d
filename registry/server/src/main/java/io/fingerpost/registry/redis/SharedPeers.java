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
    private static final byte[] ADMIT = RedisLink.bytes("""
            redis.call('HSET', KEYS[1], 'a', ARGV[1], 's', ARGV[2], 'c', ARGV[3], 't', ARGV[4])
            return redis.call('PEXPIRE', KEYS[1], ARGV[5])""");
    /** Another lease of the same peer stays, and so does one that was renewed by somebody else. */
    private static final byte[] REMOVE = RedisLink.bytes("""
            if redis.call('HGET', KEYS[1], 'a') ~= ARGV[1] then return 0 end
            if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then return 0 end
            return redis.call('DEL', KEYS[1])""");

    private final RedisLink link;

    /**
     * A peer whose lease runs.
     *
     * @param sums of what it holds
     * @param holdings how many these are
     * @param tender the process that probes it
     * @param left until the lease ends
     */
    record Found(Admission admission, Peer.State state, Sums sums, int holdings, String tender, Duration left) {}

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
        return Optional.of(new Found(admitted.admission(), state, sums(fields.get(2).getValueOrElse(new byte[0])),
                Math.toIntExact(holdings),
                text(fields.get(3)), Duration.ofMillis(left)));
    }

    private static Sums sums(byte[] field) {
        var in = ByteBuffer.wrap(field);
        return in.remaining() == Sums.LENGTH ? new Sums(in.getLong(), in.getLong()) : Sums.NOTHING;
    }

    private static String text(KeyValue<byte[], byte[]> field) {
        return new String(field.getValueOrElse(new byte[0]), StandardCharsets.ISO_8859_1);
    }

    /** Takes a peer in, in place of what was there. */
    CompletionStage<?> admit(Peer peer, String tender, Duration lease) {
        byte[] key = Keys.peer(peer.id());
        return link.commands().<Long>eval(ADMIT, ScriptOutputType.INTEGER, new byte[][] {key}, admission(peer),
                state(peer.state()), Sums.NOTHING.bytes(), RedisLink.bytes(tender), millis(lease.plus(GRACE)));
    }

    private static byte[] admission(Peer peer) {
        return Codec.encode(new Change.Admitted(peer.id(), peer.admission()));
    }

    private static byte[] millis(Duration time) {
        return RedisLink.bytes(Long.toString(time.toMillis()));
    }

    /** Extends a lease, together with others; completed with 1 if it was there. */
    CompletableFuture<Long> renew(Batch batch, PeerId id, Duration lease) {
        return batch.pexpire(Keys.peer(id), lease.plus(GRACE));
    }

    /** Whether Redis keeps nothing of it, not even the rest of a lease that has ended. */
    CompletionStage<Boolean> isGone(PeerId id) {
        return link.commands().exists(Keys.peer(id)).thenApply(there -> there == 0);
    }

    CompletionStage<Optional<Sums>> sums(PeerId id) {
        return link.commands().hget(Keys.peer(id), CHECKSUM)
                .thenApply(found -> Optional.ofNullable(found).map(SharedPeers::sums));
    }

    /** Whether it was there. */
    CompletionStage<Boolean> setSums(PeerId id, Sums sums) {
        return setIfThere(id, CHECKSUM, sums.bytes());
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

    /** Whether it was this very lease. */
    CompletionStage<Boolean> remove(Peer peer) {
        return remove(peer, Duration.ofMillis(Long.MAX_VALUE / 2));
    }

    /** The same if its lease has ended, and nobody else has extended it. */
    CompletionStage<Boolean> removeEnded(Peer peer) {
        return remove(peer, GRACE);
    }

    private CompletionStage<Boolean> remove(Peer peer, Duration mostLeft) {
        return link.commands().<Long>eval(REMOVE, ScriptOutputType.INTEGER, new byte[][] {Keys.peer(peer.id())},
                admission(peer), millis(mostLeft)).thenApply(removed -> removed == 1);
    }
}
