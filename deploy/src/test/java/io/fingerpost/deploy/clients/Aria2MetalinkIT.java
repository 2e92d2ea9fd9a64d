package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.RequiresTool;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * By the broker's Metalink document aria2 checks each piece, and what one peer sent wrong it gets from another. In which order
 * the document names the peers is drawn by lot, so each of these holds for any, for a few files in turn.
 */
@RequiresTool("aria2c")
class Aria2MetalinkIT {
    private static final int SIZE = 8 << 20;
    private static final int FILES = 3;
    private static final List<String[]> WAYS = List.of(new String[] {}, new String[] {"-s4", "-x4", "-k1M"});
    /** Takes effect 10 seconds after a transfer began. */
    private static final String[] IMPATIENT = {"-s4", "-x4", "-k1M", "--lowest-speed-limit=100K"};

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    private static void assertRight(Resource file, String... options) throws Exception {
        var run = Aria2.run(SITE, file, SITE.metalinkUrl(file), options);

        assertThat(run.exit()).as(run.text()).isZero();
        assertThat(run.target()).hasBinaryContent(file.content());
    }

    @Test
    void aDeadAndACorruptPeerCostNoDownload() throws Exception {
        for (int i = 0; i < FILES; i++) {
            for (String[] options : WAYS) {
                var file = SITE.file("meta-" + i + "-" + options.length + ".bin", SIZE);
                SITE.superNode(Conduct.HONEST, file);
                SITE.superNode(Conduct.CORRUPT, file);
                SITE.deadSuperNode(file);

                assertRight(file, options);
            }
        }
    }

    @Test
    void whenAllPeersAreDeadOrCorruptTheOriginMakesTheFileWhole() throws Exception {
        for (String[] options : WAYS) {
            var file = SITE.file("meta-bad-" + options.length + ".bin", SIZE);
            SITE.superNode(Conduct.CORRUPT, file);
            SITE.deadSuperNode(file);

            assertRight(file, options);
        }
    }

    @Test
    void aSlowPeerBesidesIsLeftByAnImpatientUser() throws Exception {
        var file = SITE.file("meta-slow.bin", SIZE);
        SITE.slowSuperNode(40_000, file);
        SITE.deadSuperNode(file);
        SITE.superNode(Conduct.CORRUPT, file);
        SITE.superNode(Conduct.HONEST, file);

        assertRight(file, IMPATIENT);
    }
}
