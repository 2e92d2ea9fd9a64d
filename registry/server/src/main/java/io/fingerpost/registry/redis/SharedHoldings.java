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
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Who holds what, in Redis: for each peer what it holds, and for each digest its holders. */
final class SharedHoldings {
    /** Of a peer, looked at together. */
    private static final int PAGE = 1_000;
    /** What a peer holds stays so long after its last change or {@link #touch}. */
    static final Duration KEPT = Duration.ofDays(1);

    private final RedisLink link;
    private final Wire wire;

    /** One of those that hold something. */
    record Member(PeerId id, HolderValue value) {}

    /**
     * What an update has come to.
     *
     * @param sums what they are changed by, or what they are if everything was said anew
     * @param more how many more holdings there are, or how many there are
     */
    record Written(Sums sums, int more) {}

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
        if (update.anew()) {
            withdrawAll(id, (digest, _) -> !hold.containsKey(digest));
        }
        var before = update.anew() ? Map.<Sha256, HolderValue>of() : known(id, hold.keySet(), dropped);
        var sums = Sums.NOTHING;
        var batch = new Batch();
        byte[] raw = Keys.raw(id);
        for (var held : hold.entrySet()) {
            var value = new HolderValue(mark, held.getValue());
            byte[] digest = digestKey(held.getKey());
            batch.hset(Keys.holdings(id), held.getKey().bytes(), value.bytes());
            batch.hset(digest, raw, value.bytes());
            keep(batch, digest);
            wire.tell(batch, digest, raw, value.bytes());
            sums = sums.plus(new Sums(HoldingsChecksum.of(held.getKey(), held.getValue()), value.partBytes()));
        }
        long parts = sums.partBytes();
        for (var was : before.entrySet()) {
            sums = sums.plus(new Sums(HoldingsChecksum.of(was.getKey(), was.getValue().pieces()), 0));
            parts -= was.getValue().partBytes();
            if (dropped.contains(was.getKey())) {
                withdraw(batch, id, was.getKey(), was.getValue());
            }
        }
        keep(batch, Keys.holdings(id));
        RedisLink.await(batch.send(link));
        return new Written(new Sums(sums.checksum(), parts), hold.size() - before.size());
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

    /** Something of what a peer holds. */
    interface Choice {
        boolean takes(Sha256 digest, HolderValue value);
    }

    /** Takes out what a peer holds, unless it has come anew meanwhile; page by page, and waits. */
    void withdrawAll(PeerId id, Choice choice) {
        forEachPage(id, page -> {
            var batch = new Batch();
            page.forEach((digest, value) -> {
                if (choice.takes(digest, value)) {
                    withdraw(batch, id, digest, value);
                }
            });
            RedisLink.await(batch.send(link));
        });
    }

    private void withdraw(Batch batch, PeerId id, Sha256 digest, HolderValue value) {
        byte[] key = digestKey(digest);
        byte[] raw = Keys.raw(id);
        batch.deleteIf(Keys.holdings(id), digest.bytes(), value.bytes());
        batch.deleteIf(key, raw, value.bytes());
        wire.tell(batch, key, raw, new HolderValue(value.mark(), HolderValue.NONE).bytes());
    }

    private void forEachPage(PeerId id, Consumer<Map<Sha256, HolderValue>> consumer) {
        var cursor = ScanCursor.INITIAL;
        do {
            MapScanCursor<byte[], byte[]> page = RedisLink.await(
                    link.commands().hscan(Keys.holdings(id), cursor, ScanArgs.Builder.limit(PAGE)));
            Map<Sha256, HolderValue> read = new HashMap<>();
            page.getMap().forEach((digest, value) -> read.put(Sha256.of(digest), HolderValue.parse(value)));
            consumer.accept(read);
            cursor = page;
        } while (!cursor.isFinished());
    }

    /** Some of the holders by chance, or all if they are no more than {@code most}. Their leases may have ended. */
    CompletionStage<List<Member>> sample(Sha256 digest, int most) {
        return link.commands().hrandfieldWithvalues(digestKey(digest), most)
                .thenApply(drawn -> drawn.stream()
                        .map(each -> new Member(Keys.peerId(each.getKey()), HolderValue.parse(each.getValue())))
                        .toList());
    }

    /** Takes out a holder whose lease has ended, unless it has come anew meanwhile. */
    void forget(Sha256 digest, Member stale) {
        var batch = new Batch();
        batch.deleteIf(digestKey(digest), Keys.raw(stale.id()), stale.value().bytes());
        RedisLink.unwaited(batch.send(link));
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

    /**
     * Lets all that a peer holds be kept for longer, and writes again what a Redis may have lost that took over from another; page by
     * page, and waits.
     */
    void touch(PeerId id) {
        byte[] raw = Keys.raw(id);
        forEachPage(id, page -> {
            var batch = new Batch();
            page.forEach((digest, value) -> {
                batch.hset(digestKey(digest), raw, value.bytes());
                keep(batch, digestKey(digest));
            });
            keep(batch, Keys.holdings(id));
            RedisLink.await(batch.send(link));
        });
    }
}
