package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.swarm.CrowdSimulation.Result;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** How much of what a crowd fetches comes from the crowd. {@code main} takes the number of peers. */
class CrowdTest {
    private static final double GAP = 50;
    private static final double STAY = 60_000;

    @Test
    void nearlyAllThatPeersCouldSendComesFromThem() {
        var result = new CrowdSimulation(1_000, GAP, STAY, 1).run();

        assertThat(result.offload()).as(result.toString()).isGreaterThan(0.95 * result.limit());
        assertThat(result.limit()).isBetween(0.3, 1.0);
    }

    public static void main(String[] args) {
        int peers = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        long start = System.nanoTime();
        Result result = new CrowdSimulation(peers, GAP, STAY, 1).run();
        System.out.printf(Locale.ROOT, "RESULT peers=%d offload=%.4f limit=%.4f ratio=%.4f virtual=%ds took=%.1fs%n",
                peers,
                result.offload(), result.limit(), result.offload() / result.limit(), result.millis() / 1_000,
                (System.nanoTime() - start) / 1e9);
    }
}
