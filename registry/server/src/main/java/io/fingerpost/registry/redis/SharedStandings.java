package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.health.StandingLog;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What is held against peers, for all processes: whoever is quarantined by one is so everywhere. What is written on one day is kept
 * together and runs out together, when nothing of it can matter any more; of one peer, what was written on the last day counts.
 */
final class SharedStandings implements StandingLog {
    /** So many days, and today, are kept: the longest quarantine and the time after which it is forgiven. */
    static final int DAYS = (int) Standing.LONGEST_MEMORY.toDays() + 1;
    private static final Duration DAY = Duration.ofDays(1);
    private static final int PAGE = 1_000;

    private final RedisLink link;
    private final Wire wire;
    private final InstantSource clock;

    SharedStandings(RedisLink link, Wire wire, InstantSource clock) {
        this.link = link;
        this.wire = wire;
        this.clock = clock;
    }

    @Override
    public void keep(PeerId id, Standing standing) {
        var judged = new Change.Judged(id, standing);
        byte[] key = Keys.standings(today(), Keys.part(id));
        var batch = new Batch();
        batch.hset(key, Keys.raw(id), Codec.encode(judged)); // a clean one as well: it goes over what older days say
        RedisLink.unwaited(batch.pexpire(key, DAY.multipliedBy(DAYS)));
        try {
            RedisLink.unwaited(batch.send(link));
            RedisLink.unwaited(wire.tell(link, new News.Changed(judged)));
        } catch (RedisLink.Unavailable e) {
            return; // it counts here, and is told when it changes again
        }
    }

    private long today() {
        return Math.floorDiv(clock.millis(), DAY.toMillis());
    }

    /** Shows all that is kept, page by page, the latest last; waits. */
    void read(Consumer<Map<PeerId, Standing>> consumer) {
        long today = today();
        for (long day = today - DAYS; day <= today + 1; day++) { // others' clocks may be ahead
            for (int part = 0; part < Keys.STANDING_PARTS; part++) {
                read(Keys.standings(day, part), consumer);
            }
        }
    }

    private void read(byte[] key, Consumer<Map<PeerId, Standing>> consumer) {
        var cursor = ScanCursor.INITIAL;
        do {
            MapScanCursor<byte[], byte[]> page = RedisLink.await(
                    link.commands().hscan(key, cursor, ScanArgs.Builder.limit(PAGE)));
            Map<PeerId, Standing> read = new HashMap<>();
            for (byte[] value : page.getMap().values()) {
                if (Codec.decode(ByteBuffer.wrap(value)) instanceof Change.Judged(var id, var standing)) {
                    read.put(id, standing);
                }
            }
            consumer.accept(read);
            cursor = page;
        } while (!cursor.isFinished());
    }
}
