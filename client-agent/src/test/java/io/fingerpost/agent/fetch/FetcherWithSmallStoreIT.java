package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What does not fit into the store comes through all the same. */
@Timeout(30)
class FetcherWithSmallStoreIT {
    private static final String RESOURCE = "/film.mkv";
    private static final Content LARGE = Content.of(2 * PIECE + 1, 1);
    private static final Content SMALL = Content.of(PIECE, 2);

    @RegisterExtension
    private final FetchRig rig = FetchRig.withStoreOf(2 * PIECE);
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(LARGE));

    @Test
    void passesAnAnswerOfTheOriginThatDoesNotFit() throws IOException {
        rig.broker().originServes(RESOURCE, LARGE);

        assertThat(FetchRig.passed(rig.fetcher().fetch(RESOURCE, Map.of()))).isEqualTo(LARGE.bytes());
        assertThat(rig.broker().calls(RESOURCE)).hasSize(1);
    }

    @Test
    void passesTheOriginsAnswerInsteadOfARedirectToWhatDoesNotFit() throws IOException {
        rig.broker().redirects(RESOURCE, LARGE, List.of(peer.url("/x")));

        assertThat(FetchRig.passed(rig.fetcher().fetch(RESOURCE, Map.of()))).isEqualTo(LARGE.bytes());
        assertThat(peer.calls()).isEmpty();
    }

    @Test
    void keepsWhatItHasWhenSomethingDoesNotFit() throws IOException {
        rig.broker().originServes("/small", SMALL);
        rig.read("/small");
        rig.broker().originServes(RESOURCE, LARGE);

        FetchRig.passed(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThat(rig.store().contains(SMALL.digest())).isTrue();
    }

    @Test
    void givesBackTheSpaceOfATransferThatFailed() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            call.head(200, "Content-Length: " + 2 * PIECE + "\r\nETag: \"a\"\r\n" + FakeBroker.SHAREABLE);
            call.send(LARGE.part(0, 999));
            call.pause(Duration.ofMillis(100));
        });
        for (int i = 0; i < 3; i++) {
            var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));
            assertThatThrownBy(() -> FetchRig.drain(running))
                    .isInstanceOf(IOException.class);
            Awaitility.await().until(() -> running.transfer().reader().isEmpty());
        }
        rig.broker().originServes("/small", SMALL);

        assertThat(rig.read("/small")).isEqualTo(SMALL.bytes());
    }
}
