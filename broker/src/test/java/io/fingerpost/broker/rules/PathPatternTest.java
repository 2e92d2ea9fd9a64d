package io.fingerpost.broker.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({"/a, /a", "/a/**, /a/", "/a/**, /a/b/c", "/a*, /a", "/a*, /abc", "/a/*, /a/b", "/a/*.js, /a/b.js",
            "/**, /", "/**, /x/y", "**, /x/y", "/**/*.zip, /x/y/z.zip", "/**.zip, /z.zip", "/**/b/**, /a/b/c",
            "/**/b/**, /a/x/b/y/b/c", "/*/b, /a/b", "/a*b*c, /abbc", "/a**c, /a/b/c", "/**a/*b, /xa/yb",
            "/*a*, /bab", "/%20*, /%20x", "/**/a*b/c, /q/a/ab/c"})
    void matches(String pattern, String path) {
        assertThat(PathPattern.parse(pattern).matches(path)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"/a, /a/", "/a, /ab", "/a/**, /a", "/a/**, /ab/c", "/a*, /a/b", "/a/*, /a/b/c", "/a/*.js, /a/b.css",
            "/a/*.js, /a/b/c.js", "/**/*.zip, /z.zip.txt", "/*/b, /a/c/b", "/a*b*c, /abb", "/A, /a", "/a**c, /a/b/d",
            "/**/b/**, /ab/c"})
    void doesNotMatch(String pattern, String path) {
        assertThat(PathPattern.parse(pattern).matches(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "games/*", "/a?b", "/a#b", "/a***"})
    void isNoPattern(String text) {
        assertThatThrownBy(() -> PathPattern.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** A matcher that tries each way would take years. */
    @Test
    void aPathThatNearlyMatchesInManyWaysIsNoMoreWork() {
        var pattern = PathPattern.parse("/" + "**a".repeat(60));

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20),
                () -> assertThat(pattern.matches("/" + "a".repeat(8_000) + "/b/")).isFalse());
    }
}
