package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.deploy.Site.Ran;
import io.fingerpost.testing.RequiresTool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** wget2 follows one redirect and trusts what comes. */
@RequiresTool("wget2")
class Wget2IT {
    private static final int SIZE = 100_000;
    /** Bytes a second: two and a half seconds for the file. */
    private static final int SLOW = 40_000;

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    private static Ran wget2(Resource file, String... options) throws Exception {
        var command = new ArrayList<>(List.of("wget2", "--no-config", "-nv", "-O", SITE.target(file).toString()));
        command.addAll(List.of(options));
        command.add(SITE.url(file));
        return SITE.run(command.toArray(String[]::new));
    }

    @Test
    void wget2GetsTheRightBytesFromAnHonestPeer() throws Exception {
        var file = SITE.file("wget2-honest.bin", SIZE);
        var peer = SITE.superNode(Conduct.HONEST, file);

        var ran = wget2(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1); // when the broker learned it
    }

    @Test
    void aDeadPeerIsAFailedDownloadToWget2() throws Exception {
        var file = SITE.file("wget2-dead.bin", SIZE);
        SITE.deadSuperNode(file);

        wget2(file, "--tries=2", "--waitretry=0"); // else it takes minutes over 20 tries; 1.99.1 ends with 0 all the same

        assertThat(SITE.target(file)).doesNotExist();
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1);
    }

    @Test
    void wget2KeepsWhateverACorruptPeerSends() throws Exception {
        var file = SITE.file("wget2-corrupt.bin", SIZE);
        var peer = SITE.superNode(Conduct.CORRUPT, file);

        var ran = wget2(file);

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(peer.timesAsked(file)).isEqualTo(1); // by a Metalink document it would ask for the bad piece for ever
        assertThat(SITE.target(file)).hasBinaryContent(Conduct.corrupted(file.content()));
    }

    @Test
    void wget2WaitsForASlowPeerAsLongAsBytesCome() throws Exception {
        var file = SITE.file("wget2-slow.bin", SIZE);
        var peer = SITE.slowSuperNode(SLOW, file);

        var ran = wget2(file, "--timeout=1", "--tries=1");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(SITE.target(file)).hasBinaryContent(file.content());
        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }
}
