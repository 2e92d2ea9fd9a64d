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
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What is held against peers, for all processes: whoever is quarantined by one is so everywhere. */
final class SharedStandings implements StandingLog {
    private static final int PAGE = 1_000;

    private final RedisLink link;
    private final Wire wire;

    SharedStandings(RedisLink link, Wire wire) {
        this.link = link;
        this.wire = wire;
    }

    @Override
    public void keep(PeerId id, Standing standing) {
        var judged = new Change.Judged(id, standing);
        try {
            if (standing.equals(Standing.CLEAN)) {
                RedisLink.unwaited(link.commands().hdel(Keys.standings(id), Keys.raw(id)));
            } else {
                RedisLink.unwaited(link.commands().hset(Keys.standings(id), Keys.raw(id), Codec.encode(judged)));
            }
            RedisLink.unwaited(wire.tell(link, new News.Changed(judged)));
        } catch (RedisLink.Unavailable e) {
            return; // it counts here, and is told when it changes again
        }
    }

    /** Shows all that is kept, page by page; waits. */
    void read(Consumer<Map<PeerId, Standing>> consumer) {
        for (int part = 0; part < Keys.STANDING_PARTS; part++) {
            var cursor = ScanCursor.INITIAL;
            do {
                MapScanCursor<byte[], byte[]> page = RedisLink.await(
                        link.commands().hscan(Keys.standings(part), cursor, ScanArgs.Builder.limit(PAGE)));
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
}
