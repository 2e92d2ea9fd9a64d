package io.fingerpost.contract.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestFieldTest {
    /** The body of RFC 9530's examples. */
    private static final Sha256 HELLO = Sha256.digestOf("{\"hello\": \"world\"}\n".getBytes(StandardCharsets.US_ASCII));
    private static final String MEMBER = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";

    @Test
    void isWrittenAsRfc9530Does() {
        assertThat(DigestField.format(HELLO)).isEqualTo(MEMBER);
    }

    @Test
    void isWrittenAsRfc3230DoesForOldClients() {
        assertThat(DigestField.formatLegacy(HELLO)).isEqualTo("SHA-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=");
    }

    @Test
    void isReadForTheContentOfAPartAndOfNothing() {
        assertThat(DigestField.parse("sha-256=:jjcgBDWNAtbYUXI37CVG3gRuGOAjaaDRGpIUFsdyepQ=:"))
                .hasValue(Sha256.digestOf("\"world\"}\n".getBytes(StandardCharsets.US_ASCII)));
        assertThat(DigestField.parse("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"))
                .hasValue(Sha256.digestOf(new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            MEMBER, "sha-512=:AAAA:, " + MEMBER, "md5=:AAAA:," + MEMBER + ";x=1, crc32c=?1",
            "sha-256=:AAAA:, " + MEMBER, "sha-256=1,\t" + MEMBER})
    void isFoundAmongOtherMembersAndTheLastOfAKeyWins(String field) {
        assertThat(DigestField.parse(field)).hasValue(HELLO);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", " ", "sha-256", "sha-256=", "sha-256=1", "sha-256=(:AAAA:)", "sha-256=\"x\"", "sha-256=:AAAA:",
            "sha-256=::",
            "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg==:", // the over-padded form of some RFC figures
            "sha-256=:RK_0qy18MlBSVnWgjwz6lZEWjP_lF5HF9bvEF8FabDg=:",
            "SHA-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=",
            "sha-512=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:", MEMBER + ",", MEMBER + " x", MEMBER + "\u0000",
            "\u00e9",
            MEMBER + ", sha-256=:AAAA:"})
    void isNotFoundInFieldsThatDoNotHaveIt(String field) {
        assertThat(DigestField.parse(field)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha-256=10, sha-512=3", "sha-256=1", "sha-512=10,sha-256=5;x"})
    void isWantedWithAPreferenceAboveZero(String field) {
        assertThat(DigestField.wants(field)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha-256=0", "sha-256=-1", "sha-256", "sha-256=?1", "sha-256=1.5", "sha-512=10",
            "SHA-256=10",
            "SHA-256;q=1", "sha-256=10,", "sha-256=99999999999999999999", "*"})
    void isNotWantedOtherwise(String field) {
        assertThat(DigestField.wants(field)).isFalse();
    }

    @Test
    void survivesGarbage() {
        var random = new Random(9530);
        for (int i = 0; i < 5_000; i++) {
            var garbage = new StringBuilder(MEMBER);
            random.ints(1 + random.nextInt(4), 0, MEMBER.length())
                    .forEach(at -> garbage.setCharAt(at, (char) random.nextInt(0x180)));

            assertThat(DigestField.parse(garbage.toString())).as(garbage.toString())
                    .satisfiesAnyOf(found -> assertThat(found).isEmpty(),
                            found -> assertThat(garbage).contains(found.orElseThrow().base64().substring(0, 42)));
        }
    }
}
