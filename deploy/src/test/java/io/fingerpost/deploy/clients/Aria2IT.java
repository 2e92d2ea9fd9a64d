package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.RequiresTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * aria2 checks the digest of the redirect when all is there, and knows other peers by the redirect's links. Which of several
 * peers comes first is drawn by lot, so each of these holds whoever it is, for a few files in turn.
 */
@RequiresTool("aria2c")
class Aria2IT {
    private static final int SIZE = 100_000;
    /** Enough for four segments of the smallest size. */
    private static final int LARGE = 8 << 20;
    private static final int FILES = 4;
    private static final String[] FOUR_SEGMENTS = {"-s4", "-x4", "-k1M"};
    /** How aria2 ends when a digest does not match. */
    private static final int CHECKSUM_ERROR = 32;

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    private static void assertRight(Aria2 run, Resource file) {
        assertThat(run.exit()).as(run.text()).isZero();
        assertThat(run.target()).hasBinaryContent(file.content());
    }

    private static void assertRightFromPeers(Aria2 run, Resource file) {
        assertRight(run, file);
        assertThat(SITE.origin().timesAsked(file)).isEqualTo(1); // when the broker learned it
    }

    @Test
    void aria2GetsTheRightBytesFromAPeerThatNobodyVouchesFor() throws Exception {
        var file = SITE.file("aria2-honest.bin", SIZE);
        var peer = SITE.ordinaryPeer(Conduct.HONEST, file);

        assertRightFromPeers(Aria2.fetch(SITE, file), file);

        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }

    @Test
    void aDeadPeerCostsNoDownloadWhenAnotherIsThere() throws Exception {
        for (int i = 0; i < FILES; i++) {
            var file = SITE.file("aria2-dead-" + i + ".bin", SIZE);
            SITE.deadSuperNode(file);
            SITE.superNode(Conduct.HONEST, file);

            assertRightFromPeers(Aria2.fetch(SITE, file), file);
        }
    }

    @Test
    void whenTheOnlyPeerIsDeadAria2EndsAtTheOrigin() throws Exception {
        var file = SITE.file("aria2-only-dead.bin", SIZE);
        SITE.deadSuperNode(file);

        assertRight(Aria2.fetch(SITE, file), file);
    }

    @Test
    void theBytesOfACorruptPeerAreRefusedButNotFetchedElsewhere() throws Exception {
        var file = SITE.file("aria2-corrupt.bin", SIZE);
        var peer = SITE.ordinaryPeer(Conduct.CORRUPT, file);

        var run = Aria2.fetch(SITE, file);

        assertThat(run.exit()).as(run.text()).isEqualTo(CHECKSUM_ERROR);
        assertThat(run.target()).hasBinaryContent(Conduct.corrupted(file.content()));
        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }

    @Test
    void aria2WaitsForASlowPeer() throws Exception {
        var file = SITE.file("aria2-slow.bin", SIZE);
        var peer = SITE.slowSuperNode(40_000, file);

        assertRightFromPeers(Aria2.fetch(SITE, file), file);

        assertThat(peer.timesAsked(file)).isEqualTo(1);
    }

    @Test
    void fourSegmentsOfOneHonestPeerMakeTheFile() throws Exception {
        var file = SITE.file("aria2-s4-honest.bin", LARGE);
        var peer = SITE.slowSuperNode(2_000_000, file); // so slow that there is something left for the other three

        assertRight(Aria2.fetch(SITE, file, FOUR_SEGMENTS), file);

        assertThat(peer.timesAsked(file)).isGreaterThan(1);
    }

    @Test
    void fourSegmentsSurviveADeadPeerAmongOthers() throws Exception {
        for (int i = 0; i < FILES; i++) {
            var file = SITE.file("aria2-s4-dead-" + i + ".bin", LARGE);
            SITE.superNode(Conduct.HONEST, file);
            SITE.deadSuperNode(file);
            SITE.superNode(Conduct.HONEST, file);

            assertRight(Aria2.fetch(SITE, file, FOUR_SEGMENTS), file);
        }
    }

    @Test
    void ofFourSegmentsNothingThatACorruptPeerSentIsTakenForRight() throws Exception {
        for (int i = 0; i < FILES; i++) {
            var file = SITE.file("aria2-s4-corrupt-" + i + ".bin", LARGE);
            SITE.superNode(Conduct.CORRUPT, file);
            if (i % 2 == 0) {
                SITE.superNode(Conduct.HONEST, file);
            }

            var run = Aria2.fetch(SITE, file, FOUR_SEGMENTS);

            if (run.exit() == 0) { // what was kept came from others
                assertRight(run, file);
            } else {
                assertThat(run.exit()).as(run.text()).isEqualTo(CHECKSUM_ERROR);
            }
        }
    }

    @Test
    void fourSegmentsWaitForASlowPeer() throws Exception {
        var file = SITE.file("aria2-s4-slow.bin", LARGE);
        SITE.slowSuperNode(1_000_000, file);
        SITE.superNode(Conduct.HONEST, file);

        assertRight(Aria2.fetch(SITE, file, FOUR_SEGMENTS), file);
    }
}
