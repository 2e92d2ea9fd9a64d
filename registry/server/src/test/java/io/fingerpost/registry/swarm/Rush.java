package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.Sha256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Hosts that want the same files at a time, in virtual time. Run by itself, it shows what messages cost that take longer.
 *
 * @param megabits a second that each host and the origin can send
 * @param down megabits a second that each host can receive
 * @param gap milliseconds between arrivals
 * @param lying hosts that are caught lying after half a second
 * @param vanishing hosts that are gone without a word at 40 % of the bound
 */
record Rush(int hosts, double megabits, double down, List<Long> sizes, long gap, int lying, int vanishing) {
    static final Rush A = new Rush(12, 20, 100, List.of(24_000_000L), 0, 0, 0);
    static final Rush B = new Rush(24, 10, 50, List.of(24_000_000L), 0, 0, 0);
    static final Rush C = new Rush(12, 20, 100, List.of(24_000_000L), 1_000, 0, 0);
    static final Rush D = new Rush(12, 20, 100, new Random(5).longs(50, 50_000, 350_000).boxed().toList(), 0, 0, 0);
    static final Rush F = new Rush(12, 20, 100, List.of(24_000_000L), 0, 3, 2);

    private static final int DRAWS = 4;
    private static final long CAUGHT = 500;

    /** When the last host was done over the fluid bound, and what the origin sent over the size. */
    record Finish(double ratio, double originCopies) {}

    /** With messages that take 3 ms each way. */
    Finish run(int seed) {
        return run(new Random(seed), () -> 3);
    }

    private Finish run(Random random, LongSupplier way) {
        var rig = new FluidRig(FluidRig.goodput(megabits), FluidRig.goodput(down), way);
        Map<Swarm, Integer> pieces = new HashMap<>();
        long total = sizes.stream().mapToLong(Long::longValue).sum();
        for (long size : sizes) {
            var layout = FluidRig.layout(size);
            pieces.put(new Swarm(Sha256.digestOf(new byte[] {(byte) pieces.size()}), layout, 32, random),
                    layout.count());
        }
        int joined = 0;
        long last = 0;
        while (joined < hosts || rig.hosts.stream().anyMatch(host -> host.doneAt < 0 && !host.isOut)) {
            if (joined < hosts && rig.now >= joined * gap) {
                var host = rig.new Host(joined++, FluidRig.goodput(megabits));
                rig.hosts.add(host);
                pieces.keySet().forEach(host::join);
            }
            rig.step();
            if (rig.now == Math.round(400 * bound(total * 8 / 1e6))) {
                rig.hosts.subList(lying, lying + vanishing).forEach(FluidRig.Host::vanish);
            }
            if (rig.now == CAUGHT) {
                rig.hosts.subList(0, lying).forEach(FluidRig.Host::lie);
            }
            if (rig.now % 200 == 0) {
                rig.dispatch.tick(rig.now);
            }
            for (var host : rig.hosts) {
                if (host.doneAt < 0 && !host.isOut && host.isDone(pieces)) {
                    host.doneAt = rig.now;
                    last = rig.now;
                }
            }
            assertThat(rig.now).as("milliseconds").isLessThan(100_000);
        }
        return new Finish(last / 1e3 / bound(total * 8 / 1e6), rig.originSent / total);
    }

    private double bound(double megabitsInAll) {
        double arrivals = megabits * gap / 1000 * hosts * (hosts - 1) / 2;
        double together = (hosts * megabitsInAll + arrivals) / (megabits + hosts * megabits);
        return Math.max(megabitsInAll / megabits, together);
    }

    /** The mean of some draws, with messages that take so many milliseconds each way on average, exponentially distributed. */
    private double mean(double way) {
        DoubleFunction<LongSupplier> draws = seed -> {
            var random = new Random((long) seed);
            return () -> 1 + Math.round(-Math.log(1 - random.nextDouble()) * way);
        };
        return IntStream.range(0, DRAWS).mapToDouble(seed -> run(new Random(seed), draws.apply(seed)).ratio()).average()
                .orElseThrow();
    }

    public static void main(String[] arguments) {
        for (int way : new int[] {2, 20, 50, 100}) {
            System.out.printf("%3d ms each way: A %.3f, C %.3f, D %.3f, F %.3f%n", way,
                    A.mean(way), C.mean(way), D.mean(way), F.mean(way));
        }
    }
}
