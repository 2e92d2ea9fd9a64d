package io.fingerpost.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.locality.LocalityConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SitesConfigTest {
    @TempDir
    Path folder;

    private LocalityConfig locality(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("edge.yaml"), yaml);
        return BrokerFixture.loader().set("origin.url", "http://origin.example", "test").file(file)
                .bind(BrokerConfig.class).locality();
    }

    @Test
    void aSiteHasALabelAndNetworks() throws IOException {
        assertThat(locality("""
                locality:
                  ipv4-prefix: 24
                  sites:
                    - {label: berlin, networks: [10.1.0.0/16, '2001:db8:1::/48']}
                    - label: paris
                      networks: 10.2.0.0/16, 10.3.0.0/16
                    - label: empty
                """).sites()).containsExactly(
                new LocalityConfig.Site("berlin", List.of("10.1.0.0/16", "2001:db8:1::/48")),
                new LocalityConfig.Site("paris", List.of("10.2.0.0/16", "10.3.0.0/16")),
                new LocalityConfig.Site("empty", List.of()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{networks: [10.0.0.0/8]} | key 'locality.sites[1].label' has no default and needs a value",
            "{label: 'HQ 1'} | bad value 'HQ 1' for 'locality.sites[1].label': 1 to 64 letters",
            "{label: berlin} | bad value 'berlin' for 'locality.sites[1].label': another site has this label",
            "{label: b, networks: [lan]} | bad value 'lan' for 'locality.sites[1].networks[0]': 'lan' is not a network",
            "{label: b, networks: ['::/0', 10.1.0.0/16]} | bad value '10.1.0.0/16' for 'locality.sites[1].networks[1]': the site berlin has this network already",
            "{label: b, networks: ['2001:db8::/96']} | bad value '2001:db8::/96' for 'locality.sites[1].networks[0]': IPv6 networks are taken up to /64",
            "{label: b, ipv4-prefix: 24} | unknown key 'locality.sites[1].ipv4-prefix' (value '24'); known here: label, networks"})
    void aBadSiteIsRefusedWithItsLine(String site, String message) {
        assertThatThrownBy(() -> locality("locality:\n  sites:\n    - {label: berlin, networks: [10.1.0.0/16]}\n    - "
                + site + "\n")).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(folder.resolve("edge.yaml") + ":4: ")
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
