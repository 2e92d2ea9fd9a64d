package io.fingerpost.broker.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.RequestRejected;
import io.fingerpost.testing.FuzzTarget;

class ExplainQueryFuzzTest {
    @FuzzTarget
    void parameters(byte[] input) {
        String text = new String(input, ISO_8859_1);
        ask(text);
        ask("path=/a&client=192.0.2.1&" + text);
    }

    private static void ask(String parameters) {
        try {
            var query = ExplainQuery.parse(parameters);
            assertThat(query.path()).startsWith("/");
            assertThat(query.method()).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
            query.fields().forEach(values -> assertThat(values)
                    .allSatisfy(value -> assertThat(value).doesNotContain("\r", "\n", "\0")));
        } catch (RequestRejected e) {
            assertThat(e.problem().status()).isEqualTo(400);
            assertThat(e.problem().detail()).doesNotContain("\r", "\n").hasSizeLessThan(300);
        }
    }
}
