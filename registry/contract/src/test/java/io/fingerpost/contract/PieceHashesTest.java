package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceHashesTest {
    private static final Sha256 FIRST = Sha256.digestOf(new byte[] {1});
    private static final Sha256 SECOND = Sha256.digestOf(new byte[] {2});

    @Test
    void keepsTheOrder() {
        var hashes = PieceHashes.of(List.of(FIRST, SECOND));

        assertThat(hashes.count()).isEqualTo(2);
        assertThat(hashes.get(0)).isEqualTo(FIRST);
        assertThat(hashes.get(1)).isEqualTo(SECOND);
        assertThat(hashes).isNotEqualTo(PieceHashes.of(List.of(SECOND, FIRST)));
    }

    @Test
    void readsWhatItWrites() {
        var hashes = PieceHashes.of(List.of(FIRST, SECOND));

        assertThat(PieceHashes.parse(hashes.base64())).isEqualTo(hashes).hasSameHashCodeAs(hashes);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 33, 63})
    void refusesHalfHashes(int bytes) {
        String text = Base64.getEncoder().encodeToString(new byte[bytes]);

        assertThatIllegalArgumentException().isThrownBy(() -> PieceHashes.parse(text))
                .withMessageContaining(Integer.toString(bytes));
    }

    @Test
    void refusesWhatIsNotBase64() {
        assertThatIllegalArgumentException().isThrownBy(() -> PieceHashes.parse("*".repeat(44)));
    }

    @Test
    void hasNoHashBeyondTheLast() {
        var hashes = PieceHashes.of(List.of(FIRST));

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> hashes.get(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> hashes.get(-1));
    }
}
