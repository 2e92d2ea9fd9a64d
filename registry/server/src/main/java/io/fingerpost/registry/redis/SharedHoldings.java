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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        var batch = new Batch();
        byte[] raw = Keys.raw(id);
        for (var held : hold.entrySet()) {
            byte[] value = new HolderValue(mark, held.getValue()).bytes();
            byte[] digest = digestKey(held.getKey());
            batch.hset(Keys.holdings(id), held.getKey().bytes(), value);
            batch.hset(digest, raw, value);
            keep(batch, digest);
            wire.tell(batch, digest, raw, value);
            checksum ^= HoldingsChecksum.of(held.getKey(), held.getValue());
            more++;
        }
        for (Sha256 digest : dropped) {
            if (before.containsKey(digest)) {
                batch.hdel(Keys.holdings(id), digest.bytes());
                withdraw(batch, digest, raw);
            }
        }
        keep(batch, Keys.holdings(id));
        if (!update.anew()) {
            for (var was : before.entrySet()) {
                checksum ^= HoldingsChecksum.of(was.getKey(), was.getValue().pieces());
                more--;
            }
        }
        RedisLink.await(batch.send(link));
        return new Written(checksum, more);
    }

    private static byte[] digestKey(Sha256 digest) {
        return RedisLink.bytes(Keys.digest(digest));
    }

    private static void keep(Batch batch, byte[] key) {
        RedisLink.unwaited(batch.pexpire(key, KEPT));
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
            var batch = new Batch();
            page.getMap().keySet().stream().map(Sha256::of).filter(digest -> !but.contains(digest))
                    .forEach(digest -> withdraw(batch, digest, raw));
            RedisLink.await(batch.send(link));
            cursor = page;
        } while (!cursor.isFinished());
        RedisLink.await(link.commands().del(Keys.holdings(id)));
        return Map.of();
    }

    private void withdraw(Batch batch, Sha256 digest, byte[] raw) {
        byte[] key = digestKey(digest);
        batch.hdel(key, raw);
        wire.tell(batch, key, raw, NOTHING);
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

    CompletionStage<Long> count(PeerId id) {
        return link.commands().hlen(Keys.holdings(id));
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
            var batch = new Batch();
            page.getMap().keySet().forEach(digest -> keep(batch, digestKey(Sha256.of(digest))));
            RedisLink.await(batch.send(link));
            cursor = page;
        } while (!cursor.isFinished());
        RedisLink.await(link.commands().pexpire(Keys.holdings(id), KEPT.toMillis()));
    }
}
