package io.fingerpost.broker.label;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.label.Label.Shareable;
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.testing.FuzzTarget;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What an origin may answer. */
class LabelFuzzTest {
    @FuzzTarget
    void cacheControl(byte[] input) {
        String field = new String(input, ISO_8859_1);
        var directives = CacheControl.parse(field);
        for (String name : directives.directives().keySet()) {
            directives.seconds(name).ifPresent(seconds -> assertThat(seconds).isNotNegative());
        }
        if (!field.toLowerCase(Locale.ROOT).contains("public")) {
            assertThat(directives.has("public")).isFalse();
        }
    }

    /** Lines of a head, over one that could be shared. */
    @FuzzTarget
    void fields(byte[] input) {
        var fields = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        fields.putAll(Map.of("Cache-Control", "public, max-age=3600", "ETag", "\"v1\"", "Content-Length", "1000"));
        new String(input, ISO_8859_1).lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });

        if (Label.of(fields::get, TestTerms.DEFAULT) instanceof Shareable shareable) {
            assertThat(shareable.size()).isBetween(1L, PieceLayout.MAX_SIZE);
            assertThat(shareable.freshFor()).isPositive();
            assertThat(shareable.etag()).matches("\"[!#-~\\x80-\\xff]*\"");
            assertThat(fields.get("Cache-Control")).containsIgnoringCase("public");
            assertThat(fields).doesNotContainKey("Set-Cookie");
            assertThat(shareable.headers().asMap().values())
                    .allSatisfy(value -> assertThat(value).doesNotContain("\r", "\n", "\0"));
        }
    }
}
