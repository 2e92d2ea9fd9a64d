package io.fingerpost.broker.admin;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ReloadIT {
    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private Path file;
    private BrokerFixture broker;

    @BeforeEach
    void start() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(Origins.bytes(5000))));
        file = data.resolve("edge.yaml");
        rules("[]");
        broker = BrokerFixture.withFile(data.resolve("data"), ORIGIN.baseUrl(), file);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void rules(String rules) throws IOException {
        Files.writeString(file, "sharing:\n  rules: " + rules + "\n");
    }

    private HttpResponse<String> reload() throws IOException {
        return reload(broker);
    }

    private static HttpResponse<String> reload(BrokerFixture broker) throws IOException {
        return broker.send(HttpRequest.newBuilder(URI.create("http://" + broker.admin() + "/v1/reload"))
                .POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private String success() throws IOException {
        return broker.admin("/metrics").body().lines()
                .filter(line -> line.startsWith("fingerpost_broker_config_last_reload_success ")).findFirst()
                .orElseThrow();
    }

    @Test
    void newRulesHoldFromThenOnAndWhatWasLearnedUnderOthersIsForgotten() throws Exception {
        broker.get("/a");
        broker.get("/b");
        rules("[{path: /a, share: no}]");

        var answer = reload();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().strip()).isEqualTo("{\"rules\":1,\"needsRestart\":[]}");
        assertThat(broker.decisionOn("/a")).isEqualTo("origin rule");
        assertThat(broker.decisionOn("/b")).as("its terms are the same").isEqualTo("origin no_holder");
        rules("[]");
        reload();
        assertThat(broker.decisionOn("/a")).isEqualTo("origin unknown");
    }

    @Test
    void aBadRuleIsRefusedWithItsLineAndTheOldOnesStay() throws Exception {
        rules("[{path: /a, share: no}]");
        reload();
        Files.writeString(file,
                "sharing:\n  rules:\n    - path: /b\n      share: no\n    - path: /c\n      share: 7\n");

        var answer = reload();

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains(file + ":6: bad value '7' for 'sharing.rules[1].share'");
        assertThat(success()).endsWith(" 0.0");
        assertThat(broker.decisionOn("/a")).isEqualTo("origin rule");
        assertThat(broker.decisionOn("/b")).isEqualTo("origin unknown");
        rules("[]");
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(success()).endsWith(" 1.0");
    }

    @Test
    void whatWasFetchedUnderTermsThatHoldNoLongerIsNotLearned() throws Exception {
        var goOn = new CountDownLatch(1);
        try (var origin = new RawOrigin(connection -> {
            connection.readHead();
            connection.write(
                    "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nETag: \"v1\"\r\nContent-Length: 5000\r\n\r\n")
                    .write("x".repeat(4000)).waitFor(goOn);
            connection.write("x".repeat(1000));
        }); var other = BrokerFixture.withFile(data.resolve("other"), origin.url(), file)) {
            rules("[{path: '/**', share: yes}]");
            reload(other);
            try (var client = new RawClient(other.edge())) {
                client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
                rules("[]");
                reload(other);
                goOn.countDown();
                assertThat(client.readBody(5000)).hasSize(5000);
            }

            assertThat(other.decisionOn("/a")).isEqualTo("origin unknown");
        }
    }

    @Test
    void rulesThatNeedARestartToBeKeptAreRefused() throws Exception {
        Files.writeString(file, "origin:\n  public-url: https://cdn.example\nsharing:\n  on-miss: redirect\n");

        var answer = reload();

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("sharing.on-miss: origin.public-url has to be set for it",
                "takes a restart");
    }

    @Test
    void whatNeedsARestartIsNamed() throws Exception {
        Files.writeString(file, "lease:\n  ttl: 1m\nspool:\n  memory: 2MiB\n");

        assertThat(reload().body().strip()).isEqualTo("{\"rules\":0,\"needsRestart\":[\"spool\",\"lease\"]}");
    }

    @Test
    void noRequestIsDroppedMeanwhile() throws Exception {
        var over = new AtomicBoolean();
        var clients = CompletableFuture.supplyAsync(() -> {
            int bad = 0;
            try {
                for (int i = 0; !over.get(); i++) {
                    bad += broker.get("/file-" + i % 50).statusCode() == 200 ? 0 : 1;
                }
            } catch (IOException e) {
                return -1;
            }
            return bad;
        });

        for (int i = 0; i < 50; i++) {
            rules(i % 2 == 0 ? "[{path: '/file-*', share: no}]" : "[{path: '/file-1*', fresh-for: 1h}]");
            assertThat(reload().statusCode()).isEqualTo(200);
        }
        over.set(true);

        assertThat(clients.get()).isZero();
    }
}
