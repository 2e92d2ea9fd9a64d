package io.fingerpost.contract.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import java.util.Map;

/** Header fields, of which any byte but CR, LF and NUL may come. */
class FieldsFuzzTest {
    @FuzzTarget
    void range(byte[] input) {
        ByteRange range = ByteRange.parse(new String(input, ISO_8859_1));
        for (long size : new long[] {1, 1_000, Long.MAX_VALUE}) {
            var span = range.resolve(size);
            if (span != null) {
                assertThat(span.first()).isBetween(0L, span.last());
                assertThat(span.last()).isLessThan(size);
                assertThat(span.length()).isBetween(1L, size);
            }
        }
    }

    @FuzzTarget
    void digest(byte[] input) {
        String field = new String(input, ISO_8859_1);
        DigestField.wants(field);
        DigestField.parse(field)
                .ifPresent(digest -> assertThat(DigestField.parse(DigestField.format(digest))).contains(digest));
    }

    @FuzzTarget
    void link(byte[] input) {
        String field = new String(input, ISO_8859_1);
        var links = Link.parse(field);
        assertThat(links).hasSizeLessThanOrEqualTo(32);
        for (Link link : links) {
            assertThat(link.priority()).isBetween(0, 999_999);
            assertThat(link.target()).doesNotContain(">").hasSizeLessThan(field.length());
            link.is("duplicate");
        }
    }

    @FuzzTarget
    void replayedHeader(byte[] input) {
        String value = new String(input, ISO_8859_1);
        Refusal.orElse(() -> new ReplayedHeaders(Map.of("etag", value)), headers -> {
            assertThat(headers.get("ETag")).isEqualTo(value).doesNotContain("\r", "\n", "\0");
            assertThat(headers.asMap()).containsOnlyKeys("ETag");
        });
    }
}
