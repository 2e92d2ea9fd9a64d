package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import org.junit.jupiter.api.Test;

class ApiPathsTest {
    private static final PeerId PEER = new PeerId("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");

    /** These are a public protocol: changing one locks out every agent of before. */
    @Test
    void stayAsTheyAre() {
        Sha256 digest = Sha256.parse("f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk");

        assertThat(ApiPaths.EMBEDDED).isEqualTo("/.well-known/fingerpost/v1");
        assertThat(ApiPaths.heartbeat(PEER)).isEqualTo("/peers/" + PEER.value() + "/heartbeat");
        assertThat(ApiPaths.holdings(PEER)).isEqualTo("/peers/" + PEER.value() + "/holdings");
        assertThat(ApiPaths.representation(digest))
                .isEqualTo("/representations/f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk");
        assertThat(ApiPaths.representation(digest, "/a?b=c d&e=%2f"))
                .isEqualTo(
                        "/representations/f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk?resource=%2Fa%3Fb%3Dc+d%26e%3D%252f");
    }
}
