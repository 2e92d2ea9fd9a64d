package io.fingerpost.broker.metalink;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetalinkTest {
    private static final long MOST = 4_096L * PieceLayout.MAX_PIECE;
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[1]);

    private static String xml(long size) {
        var pieces = PieceHashes.of(Collections.nCopies(new PieceLayout(size).count(), DIGEST));
        return new Metalink("a.pak", new Representation(DIGEST, size, new ReplayedHeaders(Map.of()), pieces), List.of())
                .xml();
    }

    @Test
    void piecesAreToldUpTo64Gibibytes() {
        assertThat(xml(MOST)).contains("<pieces length=\"16777216\" type=\"sha-256\">");
    }

    @Test
    void whatIsLargerHasADocumentThatIsSmall() {
        assertThat(xml(MOST + 1)).contains("<size>68719476737</size><hash type=\"sha-256\">")
                .doesNotContain("<pieces").hasSizeLessThan(1_000);
    }
}
