package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NiPathTest {
    private static final String VALUE = "f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk";

    @Test
    void namesTheBytesAsRfc6920Does() {
        Sha256 digest = Sha256.digestOf("Hello World!".getBytes(StandardCharsets.UTF_8));

        assertThat(NiPath.of(digest)).isEqualTo("/.well-known/ni/sha-256/" + VALUE);
        assertThat(NiPath.parse(NiPath.of(digest))).hasValue(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "/", "/.well-known/ni/sha-256/", "/.well-known/ni/sha-256/" + VALUE + "/",
            "/.well-known/ni/sha-256//" + VALUE,
            "/.well-known/ni/sha-256/../sha-256/" + VALUE, "/.well-known/ni/sha-256/" + VALUE + "?t=x",
            "/.well-known/ni/sha-256-128/f4OxZX_x_FO5LcGBSKHWXQ", "/.well-known/ni/sha256/" + VALUE,
            "/.well-known/ni/SHA-256/" + VALUE, "/.well-known/NI/sha-256/" + VALUE, "x/.well-known/ni/sha-256/" + VALUE,
            "/.well-known/ni/sha-256/%66" + "4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk"})
    void findsNoDigestInOtherPaths(String path) {
        assertThat(NiPath.parse(path)).isEmpty();
    }
}
