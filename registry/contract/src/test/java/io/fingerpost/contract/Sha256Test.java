package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256Test {
    private static final String HELLO = "f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk";

    @Test
    void writesTheVectorOfRfc6920InEachForm() {
        Sha256 digest = Sha256.digestOf("Hello World!".getBytes(StandardCharsets.UTF_8));

        assertThat(digest.base64Url()).isEqualTo(HELLO);
        assertThat(digest.base64()).isEqualTo("f4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk=");
        assertThat(digest.hex()).isEqualTo("7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069");
    }

    @Test
    void readsWhatItWrites() {
        Sha256 digest = Sha256.parse(HELLO);

        assertThat(digest).isEqualTo(Sha256.digestOf("Hello World!".getBytes(StandardCharsets.UTF_8)));
        assertThat(Sha256.of(digest.bytes())).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkG", HELLO + "A", HELLO + "=",
            "f4OxZX/x/FO5LcGBSKHWXfwtSx+j1ncoSt3SABJtkGk", "f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkG=",
            "f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtk==", " 4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk",
            "\u01344OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"})
    void refusesWhatIsNotBase64UrlOf32Bytes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256.parse(text));
    }

    /** Else one representation would have several URLs, and caches and tables several entries for it. */
    @Test
    void refusesASecondTextForTheSameBytes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256.parse(HELLO.replaceAll("k$", "l")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 31, 33, 64})
    void refusesBytesOfAnotherLength(int length) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sha256.of(new byte[length]))
                .withMessageContaining(Integer.toString(length));
    }
}
