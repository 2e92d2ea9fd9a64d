package io.fingerpost.broker.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.RequiresTool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@RequiresTool("openssl")
class HandshakeIdentitiesTest {
    @TempDir
    Path directory;

    private Identity identity(String name) {
        var made = TestCertificate.in(directory, name);
        var files = new IdentityFiles(made.certificate(), made.key());
        return files.identity(files.read());
    }

    @Test
    void aHandshakeThatLastsForSomeExchangesGetsWhatItBeganWith() {
        Identity first = identity("first");
        Identity second = identity("second");
        var keys = new HandshakeIdentities(first);
        String alias = keys.chooseEngineServerAlias(first.keyType(), null, null);

        for (int i = 0; i < 5; i++) {
            keys.exchange(i % 2 == 0 ? second : first);
        }

        assertThat(alias).isNotNull();
        assertThat(keys.getCertificateChain(alias)).containsExactly(first.chainArray());
        assertThat(keys.getPrivateKey(alias)).isEqualTo(first.key());
        assertThat(keys.current()).isEqualTo(second);
    }

    @Test
    void whatWasExchangedLongAgoIsForgotten() {
        Identity first = identity("first");
        var keys = new HandshakeIdentities(first);

        for (int i = 0; i < 100; i++) {
            keys.exchange(first);
        }

        assertThat(keys.getCertificateChain("0")).isNull();
        assertThat(keys.getPrivateKey("100")).isEqualTo(first.key());
    }
}
