package io.fingerpost.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.fetch.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private static final long MIB = 1 << 20;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ProgressBar bar = new ProgressBar(new PrintStream(out, true, StandardCharsets.UTF_8));

    private static Progress at(long seconds, long done, long fromPeers, int peers) {
        return new Progress("/x", 100 * MIB, done * MIB, fromPeers * MIB, (done - fromPeers) * MIB, peers,
                seconds * 1_000);
    }

    private String shown(Progress progress) {
        out.reset();
        bar.show(progress);
        return out.toString(StandardCharsets.UTF_8).replace("\r\033[K", "");
    }

    @Test
    void tellsRateSourcesAndTheTimeThatIsLeft() {
        assertThat(shown(at(0, 0, 0, 0))).isEqualTo("[....................]   0 %  0 B of 100.0 MiB  0 B/s");
        assertThat(shown(at(2, 25, 20, 5)))
                .isEqualTo(
                        "[#####...............]  25 %  25.0 MiB of 100.0 MiB  12.5 MiB/s  80 % from 5 peers  0:06 left");
        assertThat(shown(at(2, 100, 50, 1)))
                .isEqualTo("[####################] 100 %  100.0 MiB of 100.0 MiB  50.0 MiB/s  50 % from 1 peer");
    }

    @Test
    void theRateIsThatOfTheLastSeconds() {
        for (int second = 0; second < 10; second++) {
            shown(at(second, second, 0, 0));
        }

        assertThat(shown(at(10, 30, 0, 0))).contains("  7.7 MiB/s  0:10 left");
    }

    @Test
    void tellsWhatItKnowsWhenTheSizeIsNotKnown() {
        bar.show(new Progress("/x", -1, 0, 0, 0, 0, 0));

        assertThat(shown(new Progress("/x", -1, 2 * MIB, 0, 2 * MIB, 0, 1_000))).isEqualTo("2.0 MiB  2.0 MiB/s");
    }

    @Test
    void saysInTheEndWhereItCameFrom() {
        bar.finish(at(10, 100, 90, 5));
        bar.finish(at(10, 100, 0, 0));
        bar.finish(new Progress("/x", 100 * MIB, 100 * MIB, 0, 0, 0, 10_000));

        assertThat(out.toString(StandardCharsets.UTF_8).replace("\r\033[K", "").lines()).containsExactly(
                "100.0 MiB in 10.0 s, 10.0 MiB/s, 90 % from 5 peers, verified",
                "100.0 MiB in 10.0 s, 10.0 MiB/s, from the origin",
                "100.0 MiB in 10.0 s, 10.0 MiB/s, from the store");
    }
}
