package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.contract.config.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that makes its client wait is left, wherever it does so. */
@Timeout(30)
class FetchFromSlowPeersIT {
    private static final String RESOURCE = "/maps/desert.pak";
    private static final Content FILE = Content.of(3 * PIECE, 1);
    private static final AgentConfig.Fetch IMPATIENT = new AgentConfig.Fetch(Duration.ofSeconds(10),
            Duration.ofMillis(500), Duration.ofMillis(500), ByteSize.parse("16KiB"));

    @RegisterExtension
    private final FetchRig rig = FetchRig.withConfig(IMPATIENT);
    @RegisterExtension
    private final ScriptedServer slow = new ScriptedServer(Call::hang);
    @RegisterExtension
    private final ScriptedServer truncating = new ScriptedServer(call -> {
        call.head(200, "Content-Length: " + FILE.size());
        call.send(FILE.part(0, PIECE));
    });

    private void assertTheOriginFinishes() throws IOException {
        rig.broker().redirects(RESOURCE, FILE, List.of(slow.url("/x")));

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThat(FetchRig.drain(running)).isEqualTo(FILE.bytes());
        assertThat(slow.calls()).hasSize(1);
        assertThat(rig.broker().originCalls(RESOURCE)).hasSize(1);
    }

    @Test
    void leavesAPeerThatAcceptsAndSaysNothing() throws IOException {
        slow.script(Call::hang);

        assertTheOriginFinishes();
    }

    @Test
    void leavesAPeerThatStallsAfterItsHead() throws IOException {
        slow.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.hang();
        });

        assertTheOriginFinishes();
    }

    @Test
    void leavesAPeerThatStallsMidwayAndGoesOnThere() throws IOException {
        slow.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, PIECE + 99));
            call.hang();
        });

        assertTheOriginFinishes();

        assertThat(rig.broker().originCalls(RESOURCE).getFirst().field("Range"))
                .contains("bytes=" + (PIECE + 100) + "-");
    }

    @Test
    void leavesAPeerThatTrickles() throws IOException {
        slow.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            for (int i = 0; i < FILE.size(); i++) {
                call.send(FILE.part(i, i));
                call.pause(Duration.ofMillis(20));
            }
        });

        assertTheOriginFinishes();
    }

    @Test
    void leavesAPeerThatStallsInWhatIsToBeSkipped() throws IOException {
        slow.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, 1));
            call.hang();
        });
        rig.broker().redirects(RESOURCE, FILE, List.of(truncating.url("/x"), slow.url("/x")));

        assertThat(FetchRig.drain(FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of())))).isEqualTo(FILE.bytes());
        assertThat(slow.calls()).hasSize(1);
    }

    @Test
    void staysWithAPeerThatIsSlowButFastEnough() throws IOException {
        slow.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            for (int at = 0; at < FILE.size(); at += 48 * 1024) {
                call.send(FILE.part(at, at + 48 * 1024 - 1));
                call.pause(Duration.ofMillis(60));
            }
        });
        rig.broker().redirects(RESOURCE, FILE, List.of(slow.url("/x")),
                call -> call.answer(500, "never ask me".getBytes(StandardCharsets.UTF_8)));

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
    }
}
