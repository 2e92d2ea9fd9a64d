package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.deploy.Site.Ran;
import io.fingerpost.testing.RequiresTool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** GNU wget 1 follows one redirect and trusts what comes. */
@RequiresTool("wget")
class WgetIT {
    private static final int SIZE = 100_000;
    /** Bytes a second: two and a half seconds for the file. */
    private static final int SLOW = 40_000;

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    private static Ran wget(Resource file, String... options) throws Exception {
        var command = new ArrayList<>(List.of("wget", "--no-config", "-nv", "-O", SITE.target(file).toString()));
        command.addAll(List.of(options));
        command.add(SITE.url(file));
        return SITE.run(command.toArray(String[]::new));
    }

    @Test
    void wgetGetsTheRightBytesFromAnHonestPeer() throws Exception {
        var file = SITE.file("wget-honest.bin", SIZE);
        var peer = SITE.superNode(Conduct.HONEST, file);

        var ran = wget(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1); // when the broker learned it
    }

    @Test
    void aDeadPeerIsAFailedDownloadToWget() throws Exception {
        var file = SITE.file("wget-dead.bin", SIZE);
        SITE.deadSuperNode(file);

        var ran = wget(file);

        assertThat(ran.exit()).as(ran.err()).isEqualTo(4); // network failure
        assertThat(SITE.target(file)).isEmptyFile();
    }

    @Test
    void wgetRetriesADeadPeerAndNeverTheBroker() throws Exception {
        var file = SITE.file("wget-dead-retried.bin", SIZE);
        SITE.deadSuperNode(file);

        var ran = wget(file, "--retry-connrefused", "--tries=2", "--waitretry=0");

        assertThat(ran.exit()).as(ran.err()).isEqualTo(4);
        assertThat(SITE.target(file)).isEmptyFile();
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1);
    }

    @Test
    void wgetKeepsWhateverACorruptPeerSends() throws Exception {
        var file = SITE.file("wget-corrupt.bin", SIZE);
        SITE.superNode(Conduct.CORRUPT, file);

        var ran = wget(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(Conduct.corrupted(file.content()));
    }

    @Test
    void wgetWaitsForASlowPeerAsLongAsBytesCome() throws Exception {
        var file = SITE.file("wget-slow.bin", SIZE);
        var peer = SITE.slowSuperNode(SLOW, file);

        var ran = wget(file, "--timeout=1", "--tries=1");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }
}
