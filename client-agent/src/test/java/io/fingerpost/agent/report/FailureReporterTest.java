package io.fingerpost.agent.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.contract.api.FailureReport.Phase;
import io.fingerpost.contract.client.RegistryClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class FailureReporterTest {
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});
    private static final URI URL = URI.create("http://192.0.2.7:7400/.well-known/ni/sha-256/" + DIGEST + "?t=ticket");

    @RegisterExtension
    private final ScriptedServer registry = new ScriptedServer(FailureReporterTest::answer);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FailureReporter reporter = new FailureReporter(
            new RegistryClient(URI.create(registry.url())), now::get);

    private static void answer(Call call) throws IOException {
        if (call.target().equals(ApiPaths.ROOT)) {
            call.answer(200, ("{\"registries\":[\"" + ApiPaths.EMBEDDED
                    + "\"],\"lease\":{\"ttl\":\"PT30S\",\"heartbeat\":\"PT10S\"}}").getBytes(StandardCharsets.UTF_8));
        } else {
            call.answer(204, new byte[0]);
        }
    }

    @AfterEach
    void stop() {
        reporter.close();
        http.shutdownNow();
    }

    private void passAMinute() {
        now.updateAndGet(before -> before.plusSeconds(60));
    }

    private List<Call> reports() {
        return registry.calls().stream().filter(call -> call.target().equals(ApiPaths.EMBEDDED + ApiPaths.reports()))
                .toList();
    }

    @Test
    void whatItSendsIsWhatARegistryReads() {
        reporter.failed(URL, DIGEST, Phase.DIGEST, 3);

        await().until(() -> reports().size() == 1);
        Call call = reports().getFirst();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.field("Content-Type")).contains(FailureReport.MEDIA_TYPE);
        assertThat(new String(call.body(), StandardCharsets.UTF_8))
                .as("no query beside the ticket's own place").doesNotContain("?t=");
        assertThat(FailureReport.parseAll(call.body())).singleElement().satisfies(report -> {
            assertThat(report.url()).isEqualTo("http://192.0.2.7:7400/.well-known/ni/sha-256/" + DIGEST);
            assertThat(report.body()).isEqualTo(new FailureReport.Body("ticket", DIGEST, Phase.DIGEST, 3));
        });
    }

    @Test
    void tellsOfAFewInAMinuteOnly() {
        for (int i = 0; i < 50; i++) {
            reporter.failed(URL, DIGEST, Phase.CONNECT, 0);
        }
        await().until(() -> reports().size() == FailureReporter.MOST_A_MINUTE);
        passAMinute();

        reporter.failed(URL, DIGEST, Phase.CONNECT, 1);

        await().untilAsserted(() -> assertThat(reports()).hasSize(FailureReporter.MOST_A_MINUTE + 1).last()
                .satisfies(call -> assertThat(FailureReport.parseAll(call.body()).getFirst().body().piece()).isOne()));
    }

    @Test
    void isNeverInTheWayOfARegistryThatIsSilent() {
        var never = new CountDownLatch(1);
        registry.script(_ -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long start = System.nanoTime();

        for (int i = 0; i < 100; i++) {
            reporter.failed(URL, DIGEST, Phase.TIMEOUT, 0);
            passAMinute();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        never.countDown();
    }

    @Test
    void saysNothingOfAUrlWithoutATicket() {
        reporter.failed(URI.create("http://192.0.2.7:7400/other?x=1"), DIGEST, Phase.STATUS, 0);
        reporter.failed(URL, DIGEST, Phase.STATUS, 7);

        await().until(() -> reports().size() == 1);
        assertThat(FailureReport.parseAll(reports().getFirst().body()).getFirst().body().piece()).isEqualTo(7);
    }
}
