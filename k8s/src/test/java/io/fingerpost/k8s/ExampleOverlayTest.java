package io.fingerpost.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example sets what it says that it sets; {@link ManifestTest} checks the rest of it. */
@RequiresTool("kubectl")
class ExampleOverlayTest {
    @TempDir
    private Path scratch;
    private Manifests manifests;

    @BeforeEach
    void render() throws IOException, InterruptedException {
        manifests = Manifests.of("k8s/overlays/example");
    }

    @Test
    void namesOriginAndPeerNetworks() throws IOException {
        var config = Programs.broker(manifests.broker().start(Dockerfile.of("broker"), scratch));

        assertThat(config.origin().url()).hasToString("https://origin.example.com");
        assertThat(config.registry().allowPeers()).containsExactly("10.0.0.0/16");
    }

    @Test
    void takesTheImagesFromARegistry() {
        assertThat(manifests.broker().container().at("/image").asString()).startsWith("registry.example.com/");
        assertThat(manifests.agents().container().at("/image").asString()).startsWith("registry.example.com/");
    }
}
