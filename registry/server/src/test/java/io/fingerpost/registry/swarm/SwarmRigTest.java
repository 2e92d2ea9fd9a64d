package io.fingerpost.registry.swarm;

import io.fingerpost.contract.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SwarmRigTest {
    @Test
    void allAtOnce() {
        for (int seed = 0; seed < 3; seed++) {
            run("A", 12, 20, 20, 100, new long[] {24_000_000}, 0, seed);
        }
        run("B", 24, 10, 10, 50, new long[] {24_000_000}, 0, 1);
        run("C", 12, 20, 20, 100, new long[] {24_000_000}, 1000, 1);
        var sizes = new long[50];
        var random = new Random(5);
        long left = 10_000_000;
        for (int i = 0; i < 50; i++) {
            sizes[i] = i == 49 ? left : Math.max(1, Math.min(left - 49 + i, random.nextLong(50_000, 330_000)));
            left -= sizes[i];
        }
        run("D", 12, 20, 20, 100, sizes, 0, 1);
    }

    private static void run(String name, int hosts, double originUp, double up, double down, long[] sizes, long gap,
            int seed) {
        var random = new Random(seed);
        var rig = new FluidRig(FluidRig.goodput(originUp), FluidRig.goodput(down), random);
        Map<Swarm, Integer> pieces = new HashMap<>();
        long total = 0;
        for (long size : sizes) {
            var layout = FluidRig.layout(size);
            pieces.put(new Swarm(Sha256.digestOf(new byte[] {(byte) pieces.size()}), layout, 8, random),
                    layout.count());
            total += size;
        }
        int joined = 0;
        long last = 0;
        while (joined < hosts || rig.hosts.stream().anyMatch(host -> host.doneAt < 0)) {
            if (joined < hosts && rig.now >= joined * gap) {
                var host = rig.new Host(joined++, FluidRig.goodput(up));
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
            if (rig.now % 500 == 0 && System.getenv("SIM_VERBOSE") != null) {
                double all = 500 * FluidRig.goodput(up) * hosts;
                System.out.printf("   %5d ms: peers %.2f origin %.2f tasks %d%n", rig.now,
                        (rig.sentInSecond - rig.originInSecond) / all,
                        rig.originInSecond / 500 / FluidRig.goodput(originUp), rig.running.size());
                rig.sentInSecond = 0;
                rig.originInSecond = 0;
            }
            if (rig.now > 100_000) {
                break;
            }
        }
        double bits = total * 8;
        double bound = Math.max(bits / originUp / 1e6, hosts * bits / (originUp + hosts * up) / 1e6);
        if (gap > 0) {
            bound = Math.max(bound, (hosts * bits / 1e6 + up * gap / 1000 * hosts * (hosts - 1) / 2)
                    / (originUp + hosts * up));
        }
        System.out.printf("SIM %s seed %d: last %.2f s, ratio %.3f, origin copies %.3f%n", name, seed, last / 1e3,
                last / 1e3 / bound, rig.originSent / total);
    }
}
