package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How near a rush comes to what the lines allow, in virtual time: the margins are for other draws, not for other machines. */
class RushTest {
    /** When the last host was done over the fluid bound, and what the origin sent over the size. */
    private record Finish(double ratio, double originCopies) {}

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void twelveHostsAtOnceTakeLittleMoreThanTheOriginDoesForOne(int seed) {
        var finish = run(12, 20, 100, LongStream.of(24_000_000), 0, seed);

        assertThat(finish.ratio).isLessThan(1.13);
        assertThat(finish.originCopies).isBetween(0.999, 1.02);
    }

    @Test
    void soDoTwentyFourAtHalfTheRates() {
        var finish = run(24, 10, 50, LongStream.of(24_000_000), 0, 1);

        assertThat(finish.ratio).isLessThan(1.16);
        assertThat(finish.originCopies).isBetween(0.999, 1.02);
    }

    @Test
    void hostsThatArriveOneByOneGetNearlyEverythingFromOthers() {
        var finish = run(12, 20, 100, LongStream.of(24_000_000), 1_000, 1);

        assertThat(finish.ratio).isLessThan(1.16);
        assertThat(finish.originCopies).isBetween(0.999, 1.02);
    }

    @Test
    void manySmallFilesShareTheLines() {
        var finish = run(12, 20, 100, new Random(5).longs(50, 50_000, 350_000), 0, 1);

        assertThat(finish.ratio).isLessThan(1.25);
        assertThat(finish.originCopies).isBetween(0.999, 1.05);
    }

    private static Finish run(int hosts, double megabits, double down, LongStream sizes, long gap, int seed) {
        var random = new Random(seed);
        var rig = new FluidRig(FluidRig.goodput(megabits), FluidRig.goodput(down), random);
        Map<Swarm, Integer> pieces = new HashMap<>();
        long total = sizes.peek(size -> {
            var layout = FluidRig.layout(size);
            pieces.put(new Swarm(Sha256.digestOf(new byte[] {(byte) pieces.size()}), layout, 32, random),
                    layout.count());
        }).sum();
        int joined = 0;
        long last = 0;
        while (joined < hosts || rig.hosts.stream().anyMatch(host -> host.doneAt < 0)) {
            if (joined < hosts && rig.now >= joined * gap) {
                var host = rig.new Host(joined++, FluidRig.goodput(megabits));
                rig.hosts.add(host);
                pieces.keySet().forEach(host::join);
            }
            rig.step();
            if (rig.now % 200 == 0) {
                rig.dispatch.tick(rig.now);
            }
            for (var host : rig.hosts) {
                if (host.doneAt < 0 && host.isDone(pieces)) {
                    host.doneAt = rig.now;
                    last = rig.now;
                }
            }
            assertThat(rig.now).as("milliseconds").isLessThan(100_000);
        }
        double megabitsInAll = total * 8 / 1e6;
        double arrivals = megabits * gap / 1000 * hosts * (hosts - 1) / 2;
        double together = (hosts * megabitsInAll + arrivals) / (megabits + hosts * megabits);
        double bound = Math.max(megabitsInAll / megabits, together);
        return new Finish(last / 1e3 / bound, rig.originSent / total);
    }
}
