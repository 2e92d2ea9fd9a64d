package io.fingerpost.registry.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What answers when an endpoint is dialled: a head and nothing of the body, or an error. */
class AnswerHeadFuzzTest {
    @FuzzTarget
    void head(byte[] input) {
        var in = new ByteArrayInputStream(input);
        AnswerHead head;
        try {
            head = AnswerHead.read(in);
        } catch (IOException e) {
            assertThat(input.length - in.available()).isLessThanOrEqualTo(4097);
            return;
        }
        var taken = new String(Arrays.copyOf(input, input.length - in.available()), StandardCharsets.ISO_8859_1);
        assertThat(taken).hasSizeLessThanOrEqualTo(4096).endsWith("\r\n\r\n");
        assertThat(head.status()).matches(status -> status == 0 || status >= 100 && status < 600);
        assertThat(head.fields().keySet()).noneMatch(String::isEmpty);
    }
}
