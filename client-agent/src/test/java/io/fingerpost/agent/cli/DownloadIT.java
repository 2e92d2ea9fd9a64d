package io.fingerpost.agent.cli;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.Agent;
import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DownloadIT {
    private static final String RESOURCE = "/maps/desert.pak";
    private static final Content FILE = Content.of(2 * PIECE + 99, 1);

    @RegisterExtension
    private final FakeBroker broker = new FakeBroker();
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(FILE));
    @TempDir
    private Path directory;
    private Path file;
    private Download download;

    @BeforeEach
    void prepare() {
        file = directory.resolve("desert.pak.part");
        var config = new ConfigLoader(Agent.class, "agent-defaults.yaml", Map.of())
                .set("broker", broker.url().toString(), "test")
                .set("data", directory.resolve("data").toString(), "test")
                .set("store.max-size", "600KiB", "test").bind(AgentConfig.class);
        download = new Download(config, file);
    }

    @AfterEach
    void close() {
        download.close();
    }

    @Test
    void takesAFileFromPeers() throws IOException {
        broker.redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        download.alone(RESOURCE);

        assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());
        assertThat(broker.originCalls(RESOURCE)).isEmpty();
    }

    @Test
    void keepsAFileForTheNextRun() throws IOException {
        broker.redirects(RESOURCE, FILE, List.of(peer.url("/x")));
        download.alone(RESOURCE);

        download.alone(RESOURCE);

        assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());
        assertThat(peer.calls()).hasSize(1);
    }

    @Test
    void takesAFileFromTheOrigin() throws IOException {
        broker.originServes(RESOURCE, FILE);

        download.alone(RESOURCE);

        assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());
    }

    @Test
    void takesAFileThatIsNotForSharingOrDoesNotFit() throws IOException {
        var large = Content.of(700_000, 2);
        broker.on("/private", Scripts.serving(FILE));
        broker.originServes("/large", large);

        download.alone("/private");
        assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());

        download.alone("/large");
        assertThat(Files.readAllBytes(file)).isEqualTo(large.bytes());
    }

    @Test
    void saysThatThereIsNoSuchFile() {
        assertThatThrownBy(() -> download.alone("/none?x=1")).isInstanceOf(IOException.class)
                .hasMessage("status 404 for /none");
        assertThat(file).doesNotExist();
    }

    @Test
    void saysThatTheOriginHasAnotherVersionMidway() {
        peer.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, PIECE + 5));
        });
        broker.redirects(RESOURCE, FILE, List.of(peer.url("/x")), Scripts.serving(Content.of(FILE.size(), 2)));

        assertThatThrownBy(() -> download.alone(RESOURCE)).isInstanceOf(IOException.class)
                .hasMessageContaining("version");
    }

    @Test
    void takesAFileFromAnAgentThatRuns() throws Exception {
        peer.script(Scripts.serving(FILE, "Repr-Digest: " + DigestField.format(FILE.digest())));

        download.throughAgent(peer.url("/x"));

        assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void refusesBytesThatAreNotThoseThatWereAnnounced() {
        peer.script(Scripts.serving(FILE, "Repr-Digest: " + DigestField.format(Content.of(5, 5).digest())));

        assertThatThrownBy(() -> download.throughAgent(peer.url("/x"))).isInstanceOf(IOException.class)
                .hasMessageContaining("announced");
    }

    @Test
    void refusesAFileThatIsNotComplete() {
        peer.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, 99_999));
        });

        assertThatThrownBy(() -> download.throughAgent(peer.url("/x"))).isInstanceOf(IOException.class);
    }

    @Test
    void saysThatTheBrokerDoesNotAnswer() {
        broker.stop();

        assertThatThrownBy(() -> download.alone(RESOURCE)).isInstanceOf(IOException.class);
    }
}
