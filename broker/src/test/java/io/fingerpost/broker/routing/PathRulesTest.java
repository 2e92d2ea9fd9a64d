package io.fingerpost.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathRulesTest {
    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b.js", "/a..b", "/..a", "/a../b", "/.well-known/x", "/.a/b", "/a%20b",
            "/%C3%A9", "/a;v=1/b", "/...", "/a/...", "/a%2eb", "/x:y", "/a%25b"})
    void anOrdinaryPathIsTaken(String path) {
        assertThat(PathRules.defect(path, "", false)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "*", "evil.example:443", "../x"})
    void whatDoesNotBeginWithASlashIsNot(String path) {
        assertThat(PathRules.defect(path, "", false)).contains("begins with a slash");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/.", "/../x", "/a/../b", "/a/./b", "/a/..", "/a/.", "/%2e%2e/x", "/%2E%2e/x",
            "/a/.%2E/b", "/a/%2e", "/a/%2e%2e"})
    void dotSegmentsAreNot(String path) {
        assertThat(PathRules.defect(path, "", false)).contains("dot segments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//", "//evil.example/x", "/a//b", "/a//", "/a%20b//c"})
    void emptySegmentsAreNot(String path) {
        assertThat(PathRules.defect(path, "", false)).contains("empty segments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2fb", "/a%2Fb", "/%2f%2fevil.example", "/a%5cb", "/a%5Cb", "/a%00", "/a%00.js"})
    void encodedSlashesAndNulAreNot(String path) {
        assertThat(PathRules.defect(path, "", false)).contains("encoded slashes and NUL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\\b", "/\\evil.example", "/a%20\\b"})
    void backslashesAreNot(String path) {
        assertThat(PathRules.defect(path, "", false)).contains("backslashes");
    }
}
