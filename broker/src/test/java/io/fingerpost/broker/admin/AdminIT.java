package io.fingerpost.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminIT {
    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void start() throws IOException {
        origin = RawOrigin.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\norigin");
        broker = new BrokerFixture(data, origin.url());
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz"})
    void aBrokerThatRunsIsLiveAndReady(String path) throws IOException {
        var answer = broker.admin(path);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok\n");
    }

    @Test
    void aBrokerWhoseOriginIsDownIsReadyAllTheSame() throws IOException {
        origin.close();

        assertThat(broker.get("/").statusCode()).isEqualTo(502);
        assertThat(broker.admin("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreInThePrometheusTextFormat() throws IOException {
        broker.get("/");

        var answer = broker.admin("/metrics");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).contains("# TYPE fingerpost_broker_requests_total counter",
                "fingerpost_broker_requests_total{decision=\"origin\",reason=\"unknown\"} 1.0",
                "# TYPE fingerpost_registry_peers gauge", "# HELP fingerpost_broker_origin_bytes_total",
                "jvm_memory_used_bytes", "system_cpu_count");
    }

    @Test
    void bytesOfTheOriginAreCounted() throws IOException {
        assertThat(broker.admin("/metrics").body()).contains("fingerpost_broker_origin_bytes_total 0.0");

        RawClient.exchange(broker.edge(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(broker.admin("/metrics").body()).contains("fingerpost_broker_origin_bytes_total 6.0");
    }

    @Test
    void otherPathsAndMethodsAreRefusedInWords() throws IOException {
        assertThat(broker.admin("/secret").statusCode()).isEqualTo(404);
        assertThat(broker.admin("/").body()).contains("/livez, /readyz, /metrics, /v1/explain and /v1/reload");
        var post = HttpRequest.newBuilder(URI.create("http://" + broker.admin() + "/livez"))
                .POST(BodyPublishers.noBody()).build();
        assertThat(broker.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/metrics"})
    void theEdgeKnowsNothingOfThis(String path) throws IOException {
        assertThat(broker.get(path).body()).asString().isEqualTo("origin");
    }
}
