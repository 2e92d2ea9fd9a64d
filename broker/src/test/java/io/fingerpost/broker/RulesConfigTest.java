package io.fingerpost.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.broker.rules.Audience;
import io.fingerpost.broker.rules.MetalinkUse;
import io.fingerpost.broker.rules.Share;
import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesConfigTest {
    @TempDir
    Path folder;

    private SharingConfig sharing(String yaml) throws IOException {
        Path file = Files.writeString(folder.resolve("edge.yaml"), yaml);
        return BrokerFixture.loader().set("origin.url", "http://origin.example", "test").file(file)
                .bind(BrokerConfig.class).sharing();
    }

    @Test
    void theFirstRuleThatMatchesIsTheOneAndTakesOverWhatItLeavesOut() throws IOException {
        var sharing = sharing("""
                edge:
                  sites: [a.example, b.example]
                sharing:
                  min-size: 1MiB
                  rules:
                    - path: /private/**
                      share: no
                    - path: /games/**
                      host: a.example
                      audience: any
                      fresh-for: 1h
                    - {path: '/**/*.zip', metalink: answer, min-size: 0}
                """);

        assertThat(sharing.termsOf("b.example", "/private/x.zip").share()).isEqualTo(Share.NO);
        assertThat(sharing.termsOf("a.example", "/games/x.zip").audience()).isEqualTo(Audience.ANY);
        assertThat(sharing.termsOf("a.example", "/games/x.zip").freshFor()).isEqualTo(Duration.ofHours(1));
        assertThat(sharing.termsOf("a.example", "/games/x.zip").minSize()).isEqualTo(ByteSize.parse("1MiB"));
        assertThat(sharing.termsOf("b.example", "/games/x.zip").metalink()).isEqualTo(MetalinkUse.ANSWER);
        assertThat(sharing.termsOf("b.example", "/games/x.zip").minSize().bytes()).isZero();
        assertThat(sharing.termsOf("b.example", "/games/x.pak")).isEqualTo(sharing.terms());
    }

    @Test
    void severalSitesHaveNoPublicUrlInCommon() {
        assertThatThrownBy(() -> sharing("""
                edge:
                  sites: [a.example, b.example]
                origin:
                  public-url: https://cdn.example/
                sharing:
                  on-miss: redirect
                """)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'sharing.on-miss': several edge.sites have no public URL in common");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{path: games} | bad value 'games' for 'sharing.rules[1].path': a path of at most",
            "{path: /a, share: maybe} | bad value 'maybe' for 'sharing.rules[1].share': yes, no or by-headers is wanted",
            "{path: /a, audience: all} | bad value 'all' for 'sharing.rules[1].audience'",
            "{path: /a, min-size: big} | bad value 'big' for 'sharing.rules[1].min-size'",
            "{path: /a, fresh-for: -5s} | bad value '-5s' for 'sharing.rules[1].fresh-for'",
            "{path: /a, on-miss: fail} | bad value 'fail' for 'sharing.rules[1].on-miss'",
            "{path: /a, on-miss: redirect} | bad value 'redirect' for 'sharing.rules[1].on-miss': origin.public-url has to",
            "{path: /a, host: c.example} | bad value 'c.example' for 'sharing.rules[1].host': it has to be one of edge.sites",
            "{path: /a, metalink: always} | bad value 'always' for 'sharing.rules[1].metalink'",
            "{path: /a, encoded-slashes: perhaps} | bad value 'perhaps' for 'sharing.rules[1].encoded-slashes'",
            "{path: /a, ignore-cookies: ['*a']} | sharing.rules[1].ignore-cookies: '*a' is not a name",
            "{path: /a, cookies: []} | unknown key 'sharing.rules[1].cookies'",
            "{share: no} | key 'sharing.rules[1].path' has no default and needs a value"})
    void aBadRuleIsRefusedWithItsLine(String rule, String message) {
        assertThatThrownBy(() -> sharing("sharing:\n  rules:\n    - path: /b\n    - " + rule + "\n"))
                .isInstanceOf(ConfigException.class).hasMessageStartingWith(folder.resolve("edge.yaml") + ":4: ")
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }
}
