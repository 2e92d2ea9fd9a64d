package io.fingerpost.contract.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.fingerpost.contract.http.ByteRange.FromTo;
import io.fingerpost.contract.http.ByteRange.Multiple;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.contract.http.ByteRange.Suffix;
import io.fingerpost.contract.http.ByteRange.Whole;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {
    @Test
    void isReadAsRfc9110Says() {
        assertThat(ByteRange.parse("bytes=0-499")).isEqualTo(new FromTo(0, 499));
        assertThat(ByteRange.parse("bytes=9500-")).isEqualTo(new FromTo(9500, Long.MAX_VALUE));
        assertThat(ByteRange.parse("bytes=-500")).isEqualTo(new Suffix(500));
        assertThat(ByteRange.parse("BYTES= 7-7 ")).isEqualTo(new FromTo(7, 7));
        assertThat(ByteRange.parse(null)).isEqualTo(new Whole());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-0,-1", "bytes= 0-999, 4500-5499, -1000", "bytes=0-1,", "bytes=1-2 ,\t3-4",
            "bytes=,5-6"})
    void knowsSeveralRanges(String field) {
        assertThat(ByteRange.parse(field)).isEqualTo(new Multiple());
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=--5", "bytes=1-2-3", "bytes=+1-2",
            "bytes=1 -2", "bytes=0x1-2",
            "items=0-4", "bytes 0-4", "0-4", "bytes=0-4;x", "bytes=0-4\r\nX: y", "bytes=\u0661-\u0662",
            "bytes=99999999999999999999-", "bytes=0-99999999999999999999", "bytes=-99999999999999999999"})
    void isIgnoredIfItCannotBeRead(String field) {
        assertThat(ByteRange.parse(field)).isEqualTo(new Whole());
    }

    @ParameterizedTest
    @CsvSource({
            "bytes=0-499, 0, 499", "bytes=500-, 500, 999", "bytes=999-, 999, 999", "bytes=0-, 0, 999",
            "bytes=900-5000, 900, 999",
            "bytes=-1, 999, 999", "bytes=-1000, 0, 999", "bytes=-5000, 0, 999", "bytes=0-0, 0, 0",
            "bytes=0-1;2-3, 0, 999",
            "bytes=0-999999999999999999, 0, 999", "'bytes=0-1,2-3', 0, 999"})
    void meansAPartOf1000Bytes(String field, long first, long last) {
        Span span = ByteRange.parse(field).resolve(1000);

        assertThat(span).isEqualTo(new Span(first, last));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-1001", "bytes=999999999999999999-", "bytes=-0"})
    void meansNothingBeyondTheEnd(String field) {
        assertThat(ByteRange.parse(field).resolve(1000)).isNull();
    }

    @Test
    void saysWhatPartItWas() {
        var span = new Span(10, 18);

        assertThat(span.length()).isEqualTo(9);
        assertThat(span.contentRange(19)).isEqualTo("bytes 10-18/19");
    }

    /** A field of commas once took time in the square of its length, on an I/O thread. */
    @Test
    void isReadInTimeLinearInItsLength() {
        String hostile = "bytes=" + ",".repeat(1_000_000) + "x";

        assertThat(assertTimeoutPreemptively(Duration.ofSeconds(5), () -> ByteRange.parse(hostile)))
                .isEqualTo(new Whole());
    }
}
