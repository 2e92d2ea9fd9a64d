package io.fingerpost.registry.redis;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.lettuce.core.KeyValue;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Who holds what, in Redis: for each peer what it holds, and for each digest its holders. */
final class SharedHoldings {
    /** Of a peer, looked at together. */
    private static final int PAGE = 1_000;
    /** What a peer holds stays so long after its last change or {@link #touch}. */
    static final Duration KEPT = Duration.ofDays(1);
    private static final byte[] NOTHING = {};
    /** A holder that has come anew meanwhile stays. */
    private static final byte[] DELETE_IF_STALE = RedisLink.bytes("""
            if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
            return 0""");

    private final RedisLink link;
    private final Wire wire;

    /** One of those that hold something. */
    record Member(PeerId id, HolderValue value) {}

    /**
     * What an update has come to.
     *
     * @param checksum what it is changed by, or what it is if everything was said anew
     * @param more how many more holdings there are, or how many there are
     */
    record Written(long checksum, int more) {}

    SharedHoldings(RedisLink link, Wire wire) {
        this.link = link;
        this.wire = wire;
    }

    /** Writes what a peer holds, and what no longer; waits until it is written. */
    Written update(PeerId id, int mark, HoldingsUpdate update) {
        Map<Sha256, PieceSet> hold = new LinkedHashMap<>(); // a digest may be in it twice
        update.hold().forEach(held -> hold.put(held.digest(), held.pieces()));
        var dropped = new HashSet<>(update.drop());
        dropped.removeAll(hold.keySet());
        var before = update.anew() ? withdrawAll(id, hold.keySet()) : known(id, hold.keySet(), dropped);
        long checksum = 0;
        int more = 0;
        var written = new ArrayList<CompletionStage<?>>();
        var redis = link.commands();
        byte[] raw = Keys.raw(id);
        var values = new IdentityHashMap<byte[], byte[]>();
        for (var held : hold.entrySet()) {
            byte[] value = new HolderValue(mark, held.getValue()).bytes();
            values.put(held.getKey().bytes(), value);
            written.add(redis.hset(digestKey(held.getKey()), raw, value));
            written.add(redis.pexpire(digestKey(held.getKey()), KEPT.toMillis()));
            written.add(wire.tell(link, held.getKey(), raw, value));
            checksum ^= HoldingsChecksum.of(held.getKey(), held.getValue());
            more++;
        }
        if (!values.isEmpty()) {
            written.add(redis.hset(Keys.holdings(id), values));
            written.add(redis.pexpire(Keys.holdings(id), KEPT.toMillis()));
        }
        for (Sha256 digest : dropped) {
            if (before.containsKey(digest)) {
                written.add(redis.hdel(Keys.holdings(id), digest.bytes()));
                written.addAll(withdraw(digest, raw));
            }
        }
        if (!update.anew()) {
            for (var was : before.entrySet()) {
                checksum ^= HoldingsChecksum.of(was.getKey(), was.getValue().pieces());
                more--;
            }
        }
        awaitAll(written);
        return new Written(checksum, more);
    }

    private static byte[] digestKey(Sha256 digest) {
        return RedisLink.bytes(Keys.digest(digest));
    }

    private static void awaitAll(List<CompletionStage<?>> written) {
        RedisLink.await(CompletableFuture.allOf(written.stream().map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new)));
    }

    /** What the peer holds of some digests. */
    private Map<Sha256, HolderValue> known(PeerId id, Set<Sha256> hold, Set<Sha256> drop) {
        var digests = Stream.concat(hold.stream(), drop.stream()).toList();
        if (digests.isEmpty()) {
            return Map.of();
        }
        var values = RedisLink.await(
                link.commands().hmget(Keys.holdings(id), digests.stream().map(Sha256::bytes).toArray(byte[][]::new)));
        Map<Sha256, HolderValue> known = new HashMap<>();
        for (KeyValue<byte[], byte[]> each : values) {
            if (each.hasValue()) {
                known.put(Sha256.of(each.getKey()), HolderValue.parse(each.getValue()));
            }
        }
        return known;
    }

    /** Takes out everything that a peer holds but what is about to be written again; page by page, and waits. */
    Map<Sha256, HolderValue> withdrawAll(PeerId id, Set<Sha256> but) {
        byte[] raw = Keys.raw(id);
        var cursor = ScanCursor.INITIAL;
        do {
            MapScanCursor<byte[], byte[]> page = RedisLink.await(
                    link.commands().hscan(Keys.holdings(id), cursor, ScanArgs.Builder.limit(PAGE)));
            var written = new ArrayList<CompletionStage<?>>();
            page.getMap().keySet().stream().map(Sha256::of).filter(digest -> !but.contains(digest))
                    .forEach(digest -> written.addAll(withdraw(digest, raw)));
            awaitAll(written);
            cursor = page;
        } while (!cursor.isFinished());
        RedisLink.await(link.commands().del(Keys.holdings(id)));
        return Map.of();
    }

    private List<CompletionStage<?>> withdraw(Sha256 digest, byte[] raw) {
        return List.of(link.commands().hdel(digestKey(digest), raw), wire.tell(link, digest, raw, NOTHING));
    }

    /** Some of the holders by chance, or all if they are no more than {@code most}. Their leases may have ended. */
    CompletionStage<List<Member>> sample(Sha256 digest, int most) {
        return link.commands().hrandfieldWithvalues(digestKey(digest), most)
                .thenApply(drawn -> drawn.stream()
                        .map(each -> new Member(Keys.peerId(each.getKey()), HolderValue.parse(each.getValue())))
                        .toList());
    }

    /** Takes out a holder whose lease has ended. */
    void forget(Sha256 digest, Member stale) {
        RedisLink.unwaited(
                link.commands().<Long>eval(DELETE_IF_STALE, ScriptOutputType.INTEGER, new byte[][] {digestKey(digest)},
                        Keys.raw(stale.id()), stale.value().bytes()));
    }

    boolean holds(PeerId id, Sha256 digest) {
        return RedisLink.await(link.commands().hexists(Keys.holdings(id), digest.bytes()));
    }

    int count(PeerId id) {
        return Math.toIntExact(RedisLink.await(link.commands().hlen(Keys.holdings(id))));
    }

    /** Something that the peer holds, by chance, and what of it. */
    Optional<Map.Entry<Sha256, HolderValue>> draw(PeerId id) {
        var drawn = RedisLink.await(link.commands().hrandfieldWithvalues(Keys.holdings(id), 1));
        return drawn.stream().findFirst()
                .map(each -> Map.entry(Sha256.of(each.getKey()), HolderValue.parse(each.getValue())));
    }

    /** Lets all that a peer holds be kept for longer; page by page, and waits. */
    void touch(PeerId id) {
        var cursor = ScanCursor.INITIAL;
        do {
            MapScanCursor<byte[], byte[]> page = RedisLink.await(
                    link.commands().hscan(Keys.holdings(id), cursor, ScanArgs.Builder.limit(PAGE)));
            awaitAll(page.getMap().keySet().stream().map(Sha256::of).<CompletionStage<?>>map(
                    digest -> link.commands().pexpire(digestKey(digest), KEPT.toMillis())).toList());
            cursor = page;
        } while (!cursor.isFinished());
        RedisLink.await(link.commands().pexpire(Keys.holdings(id), KEPT.toMillis()));
    }
}
