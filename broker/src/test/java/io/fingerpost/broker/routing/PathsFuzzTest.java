package io.fingerpost.broker.routing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.rules.PathPattern;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/** Targets of requests, which clients make up. */
class PathsFuzzTest {
    /** Path and query in two lines. What is taken cannot be read as another path by anybody who decodes and resolves it. */
    @FuzzTarget
    void path(byte[] input) {
        String[] lines = new String(input, ISO_8859_1).split("\n", 2);
        String query = lines.length == 1 ? "" : lines[1];
        for (boolean encodedSlashes : new boolean[] {false, true}) {
            if (PathRules.defect(lines[0], query, encodedSlashes) == null) {
                assertThat(lines[0] + query).matches("[!-~]+").doesNotContain("\"", "<", ">", "#");
                String decoded = lines[0].replaceAll("(?i)%2e", ".").replaceAll("(?i)%2f", "/")
                        .replaceAll("(?i)%5c", "\\\\");
                assertThat(decoded).startsWith("/").doesNotContain("//", "\\", "/../", "/./");
                assertThat(URI.create("http://x" + decoded.replaceAll("[^/.]", "x")).normalize().getPath())
                        .isEqualTo(decoded.replaceAll("[^/.]", "x"));
            }
        }
    }

    /** A credential stays one wherever it stands in the query and however it is spelt. */
    @FuzzTarget
    void signedQuery(byte[] input) {
        String query = new String(input, ISO_8859_1);
        boolean signed = SignedQuery.is(query);

        assertThat(SignedQuery.is(query + "&X-Amz-Signature=1")).isTrue();
        assertThat(SignedQuery.is("tOken=1;" + query)).isTrue();
        assertThat(SignedQuery.is("a=1&" + query)).isEqualTo(signed);
        if (query.chars().allMatch(c -> c < 0x80)) {
            assertThat(SignedQuery.is(query.toUpperCase(Locale.ROOT))).isEqualTo(signed);
        }
    }

    /** Pattern and path in two lines, against the same as a regular expression. */
    @FuzzTarget
    void pattern(byte[] input) {
        String[] lines = new String(input, ISO_8859_1).split("\n", 2);
        String path = lines.length == 1 ? "" : lines[1];
        Refusal.orElse(() -> PathPattern.parse(lines[0]), pattern -> {
            assertThat(PathPattern.parse(pattern.toString())).isEqualTo(pattern);
            if (lines[0].chars().filter(c -> c == '*').count() < 8 && path.length() < 64) {
                assertThat(pattern.matches(path)).isEqualTo(regex(lines[0]).matcher(path).matches());
            } else {
                pattern.matches(path);
            }
        });
    }

    private static Pattern regex(String pattern) {
        var text = new StringBuilder();
        for (int at = 0; at < pattern.length(); at++) {
            boolean two = pattern.startsWith("**", at);
            text.append(
                    two ? ".*" : pattern.charAt(at) == '*' ? "[^/]*" : Pattern.quote(pattern.substring(at, at + 1)));
            at += two ? 1 : 0;
        }
        return Pattern.compile(text.toString(), Pattern.DOTALL);
    }
}
