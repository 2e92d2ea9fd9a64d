package io.fingerpost.broker;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static io.fingerpost.broker.Origins.shareable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.contract.api.FailureReport.Phase;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.client.RegistryRefused;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the broker does about peers that do not do what they should. */
@Timeout(60)
class HealthIT {
    private static final String PATH = "/map.pak";
    private static final byte[] BODY = Origins.bytes(600 * 1024); // ten pieces
    private static final String[] VERIFYING = {"Want-Repr-Digest", "sha-256=10"};

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;
    private Representation map;

    @BeforeEach
    void start() throws IOException {
        ORIGIN.stubFor(get(PATH).willReturn(shareable(BODY)));
        broker = new BrokerFixture(data, ORIGIN.baseUrl());
        broker.get(PATH);
        map = await().ignoreException(RegistryRefused.class)
                .until(() -> broker.representation(Sha256.digestOf(BODY)), known -> known != null);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private Optional<URI> redirect() throws IOException {
        return broker.get(PATH, VERIFYING).headers().firstValue("Location").map(URI::create);
    }

    private void report(URI location, int piece) throws IOException {
        String ticket = location.getRawQuery().substring("t=".length());
        String url = location.toString().replaceFirst("\\?.*", "");
        broker.registry().report(List.of(new FailureReport(0, FailureReport.TYPE, url, "test",
                new FailureReport.Body(ticket, map.digest(), Phase.DIGEST, piece))));
    }

    private String metric(String line) throws IOException {
        return broker.admin("/metrics").body().lines().filter(each -> each.startsWith(line)).findFirst().orElse("");
    }

    @Test
    void aPeerThatServesOneCorruptPieceIsOutForEveryoneWithinOneProbeAfterAReport() throws Exception {
        byte[] spoilt = BODY.clone();
        spoilt[300 * 1024] ^= 1; // in piece 4
        try (var bad = FakePeer.at(broker).serving(spoilt).holding(map)) {
            URI location = redirect().orElseThrow();
            assertThat(location.getPort()).isEqualTo(bad.endpoint().port());

            report(location, 4);

            await().until(() -> redirect().isEmpty());
            assertThat(bad.served()).as("probes").isOne();
            assertThat(metric("fingerpost_registry_quarantines_total")).endsWith(" 1.0");
            assertThat(metric("fingerpost_registry_probes_total{outcome=\"corrupt\"}")).endsWith(" 1.0");
            assertThat(metric("fingerpost_registry_reports_total{outcome=\"confirmed\"}")).endsWith(" 1.0");
            assertThat(metric("fingerpost_registry_peers{state=\"quarantined\"}")).endsWith(" 1.0");
            assertThat(broker.decisionOn(PATH)).isEqualTo("origin no_holder");
            var renewal = broker.registry().heartbeat(bad.lease(), new Heartbeat(UploadReport.IDLE, Optional.empty()));
            assertThat(renewal.reachability().tried()).contains("in quarantine until");
        }
    }

    @Test
    void anHonestPeerStaysWhateverIsReportedOfIt() throws Exception {
        try (var honest = FakePeer.at(broker).serving(BODY).holding(map)) {
            report(redirect().orElseThrow(), 1);

            await().until(() -> metric("fingerpost_registry_reports_total{outcome=\"refuted\"}").endsWith(" 1.0"));
            assertThat(honest.served()).isOne();
            assertThat(redirect()).isPresent();
        }
    }

    @Test
    void aClientThatComesBackHasTheRegistryLookForItself() throws Exception {
        broker.close();
        broker = new BrokerFixture(data, ORIGIN.baseUrl(), "edge.retry-window=10s");
        broker.get(PATH);
        await().ignoreException(RegistryRefused.class)
                .until(() -> broker.representation(Sha256.digestOf(BODY)), known -> known != null);
        byte[] spoilt = new byte[BODY.length];
        try (var bad = FakePeer.at(broker).serving(spoilt).holding(map)) {
            redirect();
            redirect(); // the client comes back

            await().until(() -> metric("fingerpost_registry_peers{state=\"quarantined\"}").endsWith(" 1.0"));
            assertThat(bad.served()).isOne();
        }
    }

    @Test
    void whenMostPeersFailAtOnceTheOriginServes() throws Exception {
        var peers = new ArrayList<FakePeer>();
        try {
            for (int i = 0; i < 12; i++) {
                peers.add(FakePeer.at(broker).serving(BODY).holding(map));
            }
            for (FakePeer peer : peers.subList(1, 12)) {
                peer.close();
            }

            await().atMost(Duration.ofSeconds(40)).until(() -> {
                broker.clock().advance(Duration.ofSeconds(1)); // leases do not last that long
                peers.forEach(this::renew);
                return metric("fingerpost_registry_panic").endsWith(" 1.0");
            });

            assertThat(broker.decisionOn(PATH)).isEqualTo("origin panic");
        } finally {
            peers.forEach(FakePeer::close);
        }
    }

    private void renew(FakePeer peer) {
        try {
            broker.registry().heartbeat(peer.lease(), new Heartbeat(UploadReport.IDLE, Optional.empty()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
