package io.fingerpost.registry.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.config.BadKey;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.enrolment.EnrolmentConfig.Mode;
import io.fingerpost.registry.enrolment.EnrolmentConfig.Token;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnrolmentTest {
    private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.7");
    private static final String OLD = TokenHash.newToken();
    private static final String NEW = TokenHash.newToken();

    private static EnrolmentConfig config(Mode mode, int perMinute, Token... tokens) {
        return new EnrolmentConfig(mode, List.of(tokens), false, 4, 8, perMinute);
    }

    private static Token token(String account, String token, boolean superNode) {
        return new Token(account, TokenHash.of(token), superNode, 5);
    }

    private static void assertRejected(int status, String kind, Enrolment enrolment, Optional<String> token) {
        assertThatExceptionOfType(RequestRejected.class).isThrownBy(() -> enrolment.enrol(token, HOME))
                .satisfies(e -> {
                    assertThat(e.problem().status()).isEqualTo(status);
                    assertThat(e.problem().is(kind)).as(e.getMessage()).isTrue();
                });
    }

    @Test
    void letsAnybodyInWhenItIsOpen() {
        var enrolment = new Enrolment(config(Mode.OPEN, 10), Optional.empty());

        assertThat(enrolment.enrol(Optional.empty(), HOME)).isEqualTo(new Account("", false, 0));
    }

    /** One who shows a token wants it to count; a typing error must not make it anybody. */
    @Test
    void refusesAnUnknownTokenAlsoWhenItIsOpen() {
        var enrolment = new Enrolment(config(Mode.OPEN, 10, token("cafes", OLD, true)), Optional.empty());

        assertRejected(401, "token-unknown", enrolment, Optional.of(OLD + "x"));
        assertRejected(401, "token-unknown", enrolment, Optional.of(""));
    }

    @Test
    void wantsATokenOfEverybodyIfTheOperatorSaysSo() {
        var enrolment = new Enrolment(config(Mode.TOKEN, 10, token("cafes", OLD, false)), Optional.empty());

        assertRejected(401, "token-missing", enrolment, Optional.empty());
        assertThat(enrolment.enrol(Optional.of(OLD), HOME)).isEqualTo(new Account("cafes", false, 5));
    }

    @Test
    void changesTokensWithoutDowntime() {
        var enrolment = new Enrolment(config(Mode.TOKEN, 10, token("cafes", OLD, false)), Optional.empty());

        enrolment.replace(config(Mode.TOKEN, 10, token("cafes", OLD, false), token("cafes", NEW, true)));
        assertThat(enrolment.enrol(Optional.of(OLD), HOME).superNode()).isFalse();
        assertThat(enrolment.enrol(Optional.of(NEW), HOME).superNode()).isTrue();

        enrolment.replace(config(Mode.TOKEN, 10, token("cafes", NEW, true)));
        assertRejected(401, "token-unknown", enrolment, Optional.of(OLD));
    }

    @Test
    void knowsTheTokenOfSuperNodes() {
        var enrolment = new Enrolment(config(Mode.TOKEN, 10), Optional.of(TokenHash.of(OLD)));

        assertThat(enrolment.enrol(Optional.of(OLD), HOME)).isEqualTo(Account.SUPER_NODES);
    }

    @Test
    void letsANetworkTryOnlySoOften() {
        var enrolment = new Enrolment(config(Mode.OPEN, 3), Optional.empty());
        for (int i = 0; i < 3; i++) {
            enrolment.enrol(Optional.empty(), InetAddress.ofLiteral("192.0.2." + i));
        }

        assertRejected(429, "too-many-registrations", enrolment, Optional.empty());
        assertThatExceptionOfType(RequestRejected.class).isThrownBy(() -> enrolment.enrol(Optional.empty(), HOME))
                .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(20)));
        enrolment.enrol(Optional.empty(), InetAddress.ofLiteral("192.0.3.7"));
        enrolment.enrol(Optional.empty(), InetAddress.ofLiteral("2001:db8::7"));
    }

    /** It may be a token that somebody pasted there. */
    @Test
    void neverShowsWhatIsNoHash() {
        assertThatIllegalArgumentException().isThrownBy(() -> TokenHash.parse(OLD)).withMessageNotContaining(OLD)
                .withMessageContaining("fingerpost-broker token");
        assertThatIllegalArgumentException().isThrownBy(() -> TokenHash.parse("sha256:" + OLD + "x"));
    }

    @Test
    void readsTheHashesThatItWrites() {
        assertThat(TokenHash.parse(TokenHash.of(OLD).toString())).isEqualTo(TokenHash.of(OLD));
    }

    @Test
    void refusesOneTokenOfTwoAccounts() {
        assertThatExceptionOfType(BadKey.class)
                .isThrownBy(() -> config(Mode.TOKEN, 1, token("cafes", OLD, false), token("labs", OLD, true)))
                .satisfies(e -> assertThat(e.key()).isEqualTo("tokens[1].hash"));
        assertThatExceptionOfType(BadKey.class).isThrownBy(() -> token("a b", OLD, true));
    }
}
