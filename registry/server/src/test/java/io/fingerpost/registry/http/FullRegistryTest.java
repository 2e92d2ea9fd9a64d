package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.testing.OpenApi;
import io.fingerpost.testing.TestPeer;
import org.junit.jupiter.api.Test;

class FullRegistryTest {
    @Test
    void asksNewPeersToComeBackLater() throws Exception {
        var peer = new TestPeer();
        try (var server = new ApiServer(); var endpoint = ProvingServer.of(peer)) {
            for (int i = 0; i < RegistryFixture.MAX_PEERS; i++) {
                server.fixture.register(new TestPeer());
            }

            var response = server.send("POST", "/peers",
                    WireJson.strict().writeValueAsString(peer.registration(endpoint.endpoint())));

            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(OpenApi.read().kinds("POST", response.uri().getRawPath(), 429))
                    .contains("urn:fingerpost:problem:registry-full");
            assertThat(response.body()).contains("registry-full").contains("limit of 3 peers");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
            assertThat(server.fixture.registry.peerCount()).isEqualTo(RegistryFixture.MAX_PEERS);
        }
    }
}
