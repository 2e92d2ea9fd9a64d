package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.RequiresTool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** By a Metalink document aria2 checks each piece, and what one peer sent wrong it gets from another. */
@RequiresTool("aria2c")
class Aria2MetalinkIT {
    private static final int SIZE = 8 << 20;
    private static final List<String[]> WAYS = List.of(new String[] {}, new String[] {"-s4", "-x4", "-k1M"});
    /** Takes effect 10 seconds after a transfer began. */
    private static final String[] IMPATIENT = {"-s4", "-x4", "-k1M", "--lowest-speed-limit=100K"};

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    private static void assertRight(Resource file, List<ServingPeer> peers, String... options) throws Exception {
        var run = Aria2.run(SITE, file, SITE.url(SITE.metalink(file, peers)), options);

        assertThat(run.exit()).as(run.text()).isZero();
        assertThat(run.target()).hasBinaryContent(file.content());
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1); // when the broker learned it
    }

    @Test
    void aDeadAndACorruptPeerCostNoDownload() throws Exception {
        for (int first = 0; first < 3; first++) {
            for (String[] options : WAYS) {
                var file = SITE.file("meta-" + first + "-" + options.length + ".bin", SIZE);
                var peers = new ArrayList<>(List.of(SITE.superNode(Conduct.HONEST, file),
                        SITE.superNode(Conduct.CORRUPT, file), SITE.deadSuperNode(file)));
                Collections.rotate(peers, first);

                assertRight(file, peers, options);
            }
        }
    }

    @Test
    void aSlowPeerBesidesIsLeftByAnImpatientUser() throws Exception {
        var file = SITE.file("meta-slow.bin", SIZE);
        assertRight(file, List.of(SITE.slowSuperNode(40_000, file), SITE.deadSuperNode(file),
                SITE.superNode(Conduct.CORRUPT, file), SITE.superNode(Conduct.HONEST, file)), IMPATIENT);
    }
}
