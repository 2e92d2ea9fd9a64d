package io.fingerpost.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.testing.MmdbFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LocalityReloadIT {
    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private Path file;
    private Path asns;
    private BrokerFixture broker;

    @BeforeEach
    void start() throws IOException {
        file = data.resolve("edge.yaml");
        asns = asns(64500).write(data.resolve("asn.mmdb"));
        locality("berlin", "");
        broker = BrokerFixture.withFile(data.resolve("data"), ORIGIN.baseUrl(), file);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static MmdbFile asns(int number) {
        return new MmdbFile(6, 28).put("192.0.2.0/24", Map.of("autonomous_system_number", number));
    }

    private void locality(String label, String rest) throws IOException {
        Files.writeString(file, """
                locality:
                  asn-database: %s
                  sites:
                    - {label: %s, networks: [192.0.2.0/24]}
                """.formatted(asns, label) + rest);
    }

    private HttpResponse<String> reload() throws IOException {
        return broker.send(HttpRequest.newBuilder(URI.create("http://" + broker.admin() + "/v1/reload"))
                .POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    @Test
    void aNewFileAndNewSitesHoldFromThenOn() throws IOException {
        assertThat(broker.whereIs("192.0.2.1")).isEqualTo("berlin AS64500");
        asns(64501).write(asns);
        locality("paris", "");

        var answer = reload();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().strip()).isEqualTo("{\"rules\":0,\"needsRestart\":[]}");
        assertThat(broker.whereIs("192.0.2.1")).isEqualTo("paris AS64501");
    }

    @Test
    void aDamagedFileIsRefusedAndEverythingStaysAsItWas() throws Exception {
        byte[] whole = asns(64501).toBytes();
        Files.write(asns, Arrays.copyOf(whole, whole.length / 2));
        locality("paris", "sharing:\n  rules: [{path: /a, share: no}]\n");

        var answer = reload();

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("bad value '" + asns
                + "' for 'locality.asn-database': it is no MaxMind database, or only a part of one");
        assertThat(broker.whereIs("192.0.2.1")).isEqualTo("berlin AS64500");
        assertThat(broker.decisionOn("/a")).as("nor is the new rule taken").isEqualTo("origin unknown");

        Files.write(asns, whole);
        assertThat(reload().statusCode()).isEqualTo(200);
        assertThat(broker.whereIs("192.0.2.1")).isEqualTo("paris AS64501");
        assertThat(broker.decisionOn("/a")).isEqualTo("origin rule");
    }

    @Test
    void aBadRuleKeepsTheOldPlacesToo() throws IOException {
        asns(64501).write(asns);
        locality("paris", "sharing:\n  rules: [{path: /a, share: perhaps}]\n");

        assertThat(reload().statusCode()).isEqualTo(422);
        assertThat(broker.whereIs("192.0.2.1")).isEqualTo("berlin AS64500");
    }

    @Test
    void aMissingFileStopsTheStart() {
        Path missing = data.resolve("none.mmdb");

        assertThatThrownBy(() -> new BrokerFixture(data.resolve("other"), ORIGIN.baseUrl(),
                "locality.country-database=" + missing)).isInstanceOf(ConfigException.class)
                .hasMessage("bad value '" + missing + "' for 'locality.country-database': there is no such file");
    }
}
