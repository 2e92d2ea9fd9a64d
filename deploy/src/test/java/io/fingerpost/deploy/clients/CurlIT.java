package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.deploy.Site.Ran;
import io.fingerpost.testing.RequiresTool;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** curl follows one redirect and trusts what comes; only when it is told to retry does it ask the edge again. */
@RequiresTool("curl")
class CurlIT {
    private static final int SIZE = 100_000;
    /** Bytes a second: two and a half seconds for the file. */
    private static final int SLOW = 40_000;

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    private static Ran curl(Resource file, String... options) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-q", "-sS", "-L", "--max-time", "60", "-o",
                SITE.target(file).toString()));
        command.addAll(List.of(options));
        command.add(SITE.url(file));
        return SITE.run(command.toArray(String[]::new));
    }

    @Test
    void curlGetsTheRightBytesFromAnHonestPeer() throws Exception {
        var file = SITE.file("curl-honest.bin", SIZE);
        var peer = SITE.superNode(Conduct.HONEST, file);

        var ran = curl(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1); // when the broker learned it
    }

    @Test
    void aDeadPeerIsAFailedDownloadToCurl() throws Exception {
        var file = SITE.file("curl-dead.bin", SIZE);
        SITE.deadSuperNode(file);

        assertThat(curl(file).exit()).isEqualTo(7); // failed to connect

        assertThat(SITE.target(file)).doesNotExist();
    }

    @Test
    void curlKeepsWhateverACorruptPeerSends() throws Exception {
        var file = SITE.file("curl-corrupt.bin", SIZE);
        SITE.superNode(Conduct.CORRUPT, file);

        var ran = curl(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(Conduct.corrupted(file.content()));
    }

    @Test
    void curlWaitsForASlowPeer() throws Exception {
        var file = SITE.file("curl-slow.bin", SIZE);
        var peer = SITE.slowSuperNode(SLOW, file);

        var ran = curl(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }

    @Test
    void curlWithASpeedLimitGivesUpOnASlowPeer() throws Exception {
        var file = SITE.file("curl-too-slow.bin", 10 * SIZE);
        SITE.slowSuperNode(SLOW, file);

        var ran = curl(file, "--speed-limit", "200000", "--speed-time", "1");

        assertThat(ran.exit()).isEqualTo(28); // timed out
        byte[] got = Files.readAllBytes(SITE.target(file));
        assertThat(got).isNotEmpty().hasSizeLessThan(file.content().length)
                .isEqualTo(Arrays.copyOf(file.content(), got.length));
    }

    @Test
    void curlThatRetriesEndsWithTheRightBytesWhenThePeerIsDead() throws Exception {
        var file = SITE.file("curl-retry-dead.bin", SIZE);
        SITE.deadSuperNode(file);

        var ran = curl(file, "--retry", "3", "--retry-all-errors");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
    }

    @Test
    void curlThatRetriesEndsWithTheRightBytesWhenThePeerIsTooSlow() throws Exception {
        var file = SITE.file("curl-retry-slow.bin", 10 * SIZE);
        var peer = SITE.slowSuperNode(SLOW, file);

        var ran = curl(file, "--retry", "3", "--retry-all-errors", "--speed-limit", "200000", "--speed-time", "1");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }
}
