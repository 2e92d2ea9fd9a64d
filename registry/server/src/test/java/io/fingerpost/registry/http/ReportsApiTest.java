package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.api.FailureReport;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportsApiTest {
    private final ApiServer server = new ApiServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return server.send("POST", "/reports", body, "Content-Type", FailureReport.MEDIA_TYPE);
    }

    @Test
    void aBrowserOfAnotherSiteMayPostReports() throws IOException, InterruptedException {
        var preflight = server.send("OPTIONS", "/reports", "", "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "content-type");
        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).contains("POST");
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers")).contains("content-type");

        var answer = post("[{\"type\":\"csp-violation\",\"age\":1,\"url\":\"https://a.example/\",\"body\":{}}]");

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
            "`{}`,a list of at most 16 reports is wanted", "`[{]`,the body is not JSON",
            "`[{\"type\":\"fingerpost-peer-failure\"}]`,url: 1 to 500 characters are wanted"})
    void whatIsNoReportGetsAClearError(String body, String detail) throws IOException, InterruptedException {
        var answer = post(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("bad-report", detail);
    }

    @Test
    void anotherMediaTypeAndALargeBodyAreRefused() throws IOException, InterruptedException {
        assertThat(server.send("POST", "/reports", "[]").statusCode()).isEqualTo(415);
        assertThat(post("[" + " ".repeat(32 << 10) + "]").statusCode()).isEqualTo(413);
    }
}
