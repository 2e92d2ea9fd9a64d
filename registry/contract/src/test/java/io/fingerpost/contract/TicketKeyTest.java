package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.testing.TestPeer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TicketKeyTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});
    private static final Sha256 OTHER_DIGEST = Sha256.digestOf(new byte[] {2});
    private static final byte[] MASTER = new byte[32];

    private final PeerId peer = new TestPeer().id();
    private final TicketKey key = TicketKey.derive(MASTER, peer);

    @Test
    void opensWhatItWasIssuedFor() {
        assertThat(key.check(key.issue(DIGEST, NOW.plusSeconds(60)), DIGEST, NOW)).isEqualTo(Verdict.VALID);
    }

    /** The library's own HMAC is the measure of ours. */
    @Test
    void isWhatItsDefinitionSays() throws GeneralSecurityException {
        byte[] ticket = Base64.getUrlDecoder().decode(key.issue(DIGEST, Instant.ofEpochSecond(0xfedc_ba98L)));
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getUrlDecoder().decode(key.text()), "HmacSHA256"));
        mac.update(DIGEST.bytes());

        assertThat(HexFormat.of().formatHex(ticket)).isEqualTo("fedcba98"
                + HexFormat.of().formatHex(mac.doFinal(HexFormat.of().parseHex("fedcba98")), 0, 16));
    }

    @Test
    void runsOutAtItsLastSecond() {
        String ticket = key.issue(DIGEST, NOW.plusSeconds(60));

        assertThat(key.check(ticket, DIGEST, NOW.plusMillis(59_999))).isEqualTo(Verdict.VALID);
        assertThat(key.check(ticket, DIGEST, NOW.plusSeconds(60))).isEqualTo(Verdict.EXPIRED);
    }

    @Test
    void outlivesTheYear2038() {
        Instant later = Instant.parse("2040-01-01T00:00:00Z");

        assertThat(key.check(key.issue(DIGEST, later), DIGEST, later.minusSeconds(1))).isEqualTo(Verdict.VALID);
    }

    @Test
    void opensNoOtherRepresentation() {
        assertThat(key.check(key.issue(DIGEST, NOW.plusSeconds(60)), OTHER_DIGEST, NOW)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void opensNoOtherPeer() {
        var other = TicketKey.derive(MASTER, new TestPeer().id());

        assertThat(other.check(key.issue(DIGEST, NOW.plusSeconds(60)), DIGEST, NOW)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void isWorthNothingUnderAnotherMasterSecret() {
        var other = TicketKey.derive(new byte[] {1}, peer);

        assertThat(other.check(key.issue(DIGEST, NOW.plusSeconds(60)), DIGEST, NOW)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void isForgedIfAnyBitIsChanged() {
        byte[] ticket = Base64.getUrlDecoder().decode(key.issue(DIGEST, NOW.plusSeconds(60)));
        for (int bit = 0; bit < ticket.length * 8; bit++) {
            byte[] changed = ticket.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);

            assertThat(key.check(text, DIGEST, NOW)).as("bit %d", bit).isEqualTo(Verdict.FORGED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "=", "????", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u0000", "t=1&u=2",
            "\ud83d\ude00"})
    void takesGarbageForForged(String garbage) {
        assertThat(key.check(garbage, DIGEST, NOW)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void takesRandomTextForForged() {
        var random = new Random(20);
        for (int i = 0; i < 1_000; i++) {
            var bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);

            assertThat(key.check(Base64.getUrlEncoder().encodeToString(bytes), DIGEST, NOW)).isEqualTo(Verdict.FORGED);
        }
    }

    @Test
    void checksTheSameAfterTheWire() {
        var received = TicketKey.parse(key.text());

        assertThat(received.check(key.issue(DIGEST, NOW.plusSeconds(60)), DIGEST, NOW)).isEqualTo(Verdict.VALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "not base64!"})
    void refusesAKeyOfAnotherLength(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> TicketKey.parse(text));
    }

    @Test
    void doesNotShowItselfInLogs() {
        assertThat(key.toString()).doesNotContain(key.text());
    }

    /** Longer ones than a block are hashed first (RFC 2104). */
    @ParameterizedTest
    @ValueSource(ints = {1, 32, 63, 64, 65, 200})
    void aMasterSecretMayBeOfAnyLength(int length) throws GeneralSecurityException {
        byte[] master = new byte[length];
        Arrays.fill(master, (byte) 7);
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(master, "HmacSHA256"));

        assertThat(Base64.getUrlDecoder().decode(TicketKey.derive(master, peer).text()))
                .isEqualTo(mac.doFinal(("ticket key for " + peer).getBytes(StandardCharsets.UTF_8)));
    }
}
