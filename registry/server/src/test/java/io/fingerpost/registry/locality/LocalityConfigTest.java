package io.fingerpost.registry.locality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.config.BadKey;
import io.fingerpost.registry.locality.LocalityConfig.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalityConfigTest {
    private static LocalityConfig sites(Site... sites) {
        return new LocalityConfig(List.of(sites), 32, 64, Optional.empty(), Optional.empty());
    }

    @Test
    void anEmptyPathIsNone() {
        var config = new LocalityConfig(List.of(), 32, 64, Optional.of(Path.of("")), Optional.of(Path.of("")));

        assertThat(config).isEqualTo(sites());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Berlin HQ", "a/b", "zürich"})
    void aLabelIsOneWord(String label) {
        assertThatExceptionOfType(BadKey.class).isThrownBy(() -> new Site(label, List.of()))
                .satisfies(e -> assertThat(e.key()).isEqualTo("label"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "lan | 'lan' is not a network", "10/8 | '10/8' is not a network", "10.0.0.0/33 | is not a network",
            "'' | '' is not a network", "2001:db8::/65 | IPv6 networks are taken up to /64",
            "2001:db8::1 | IPv6 networks are taken up to /64"})
    void aNetworkThatIsNoneIsNamed(String network, String why) {
        assertThatExceptionOfType(BadKey.class).isThrownBy(() -> new Site("a", List.of("10.0.0.0/8", network)))
                .withMessageContaining(why).satisfies(e -> assertThat(e.key()).isEqualTo("networks[1]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.0/16", "10.1.2.3/16"})
    void theSameNetworkInTwoSitesIsNamed(String again) {
        assertThatExceptionOfType(BadKey.class)
                .isThrownBy(() -> sites(new Site("a", List.of("10.1.0.0/16")), new Site("b", List.of("::/1", again))))
                .withMessage("the site a has this network already")
                .satisfies(e -> assertThat(e.key()).isEqualTo("sites[1].networks[1]"));
    }

    @Test
    void networksOfOneBeginningButAnotherSizeOrFamilyAreOthers() {
        assertThat(
                sites(new Site("a", List.of("10.0.0.0/8", "0.0.0.0/0")), new Site("b", List.of("10.0.0.0/9", "::/0")))
                        .sites())
                .hasSize(2);
    }

    @Test
    void theSameLabelTwiceIsNamed() {
        assertThatExceptionOfType(BadKey.class)
                .isThrownBy(() -> sites(new Site("a", List.of()), new Site("a", List.of())))
                .satisfies(e -> assertThat(e.key()).isEqualTo("sites[1].label"));
    }

    @Test
    void thereIsAnEndToSites() {
        Site[] many = IntStream.rangeClosed(0, 10_000).mapToObj(i -> new Site("s" + i, List.of())).toArray(Site[]::new);

        assertThatIllegalArgumentException().isThrownBy(() -> sites(many))
                .withMessage("at most 10000 sites are taken, not 10001");
    }
}
