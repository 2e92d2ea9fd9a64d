package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.FailureReport.Phase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailureReportTest {
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});

    private static List<FailureReport> parse(String json) {
        return FailureReport.parseAll(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String ours(String body) {
        return "{\"type\":\"fingerpost-peer-failure\",\"url\":\"http://a.example:1\",\"age\":5,\"body\":" + body + "}";
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenIsRead(Phase phase) {
        var report = new FailureReport(5, FailureReport.TYPE, "http://a.example:1/x", "",
                new FailureReport.Body("ticket", DIGEST, phase, 3));

        byte[] json = WireJson.lenient().writeValueAsBytes(List.of(report));

        assertThat(new String(json, StandardCharsets.UTF_8)).contains("\"user_agent\"",
                "\"phase\":\"" + phase.text() + "\"");
        assertThat(FailureReport.parseAll(json)).containsExactly(report);
    }

    @Test
    void otherTypesAndUnknownFieldsAreIgnored() {
        var reports = parse("[{\"type\":\"csp-violation\",\"body\":{\"a\":[1]}}, 7, null, [], "
                + ours("{\"ticket\":\"t\",\"digest\":\"" + DIGEST + "\",\"phase\":\"tls\",\"elapsed_ms\":12}") + "]");

        assertThat(reports).singleElement()
                .satisfies(report -> assertThat(report.body())
                        .isEqualTo(new FailureReport.Body("t", DIGEST, Phase.TLS, -1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "null", "7", "[", "[{\"type\":\"a\",\"type\":\"b\"}]"})
    void whatIsNoListOfReportsIsRefused(String json) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(json));
    }

    @Test
    void moreThanAFewAreRefused() {
        String many = Stream.generate(() -> "{}").limit(FailureReport.MOST + 1)
                .collect(Collectors.joining(",", "[", "]"));

        assertThatIllegalArgumentException().isThrownBy(() -> parse(many)).withMessageContaining("at most 16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "null", "\"text\"", "{\"ticket\":\"t\",\"phase\":\"tls\"}",
            "{\"ticket\":7,\"digest\":8,\"phase\":9}", "{\"ticket\":\"t\",\"digest\":\"short\",\"phase\":\"tls\"}"})
    void oneOfOursThatIsMalformedIsRefused(String body) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse("[" + ours(body) + "]"));
    }

    @Test
    void anUnknownPhaseAndAnEndlessTicketAreRefused() {
        String digest = "\"digest\":\"" + DIGEST + "\"";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("[" + ours("{\"ticket\":\"t\"," + digest + ",\"phase\":\"dns\"}") + "]"))
                .withMessageContaining("phase");
        assertThatIllegalArgumentException().isThrownBy(
                () -> parse("[" + ours("{\"ticket\":\"" + "t".repeat(101) + "\"," + digest + ",\"phase\":\"tls\"}")
                        + "]"))
                .withMessageContaining("ticket");
    }
}
