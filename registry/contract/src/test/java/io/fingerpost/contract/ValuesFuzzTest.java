package io.fingerpost.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/** Texts and bytes that strangers send for values: refused in words, or a value that is written as it was read. */
class ValuesFuzzTest {
    private static final Sha256 MAP = Sha256.digestOf(new byte[] {1});
    private static final Instant NOW = Instant.ofEpochSecond(1_767_225_600);
    private static final TicketKey KEY = TicketKey.derive(new byte[32],
            new PeerId("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));

    @FuzzTarget
    void digest(byte[] input) {
        String text = new String(input, UTF_8);
        Refusal.orElse(() -> Sha256.parse(text), digest -> {
            assertThat(digest.base64Url()).isEqualTo(text);
            assertThat(Sha256.of(digest.bytes())).isEqualTo(digest);
        });
    }

    @FuzzTarget
    void peerId(byte[] input) {
        String text = new String(input, UTF_8);
        Refusal.orElse(() -> new PeerId(text),
                id -> assertThat(Sha256.parse(id.value()).base64Url()).isEqualTo(text));
    }

    @FuzzTarget
    void peerKey(byte[] input) {
        String text = new String(input, UTF_8);
        Refusal.orElse(() -> new PeerKey(text), key -> {
            assertThat(key.peerId().value()).hasSize(43);
            assertThat(key.verifies(input, Arrays.copyOf(input, 64))).isFalse();
        });
    }

    /** It ends up in `Location` and `Link` fields. */
    @FuzzTarget
    void peerEndpoint(byte[] input) {
        String text = new String(input, UTF_8);
        Refusal.orElse(() -> PeerEndpoint.parse(text), endpoint -> {
            assertThat(PeerEndpoint.parse(endpoint.url())).isEqualTo(endpoint);
            assertThat(endpoint.url()).matches("https?://[a-z0-9.:\\[\\]-]+:\\d{1,5}");
            var url = URI.create(endpoint.url());
            assertThat(url.getHost()).isEqualTo(endpoint.host());
            assertThat(url.getPort()).isEqualTo(endpoint.port()).isBetween(1, 65_535);
        });
    }

    @FuzzTarget
    void niPath(byte[] input) {
        String text = new String(input, UTF_8);
        NiPath.parse(text).ifPresent(digest -> assertThat(NiPath.of(digest)).isEqualTo(text));
        NiPath.parse(NiPath.PREFIX + text)
                .ifPresent(digest -> assertThat(NiPath.of(digest)).isEqualTo(NiPath.PREFIX + text));
    }

    /** Nothing but the ticket that was issued opens a peer, and that one for its digest only. */
    @FuzzTarget
    void ticket(byte[] input) {
        String text = new String(input, UTF_8);
        String issued = KEY.issue(MAP, NOW.plusSeconds(60));

        if (KEY.check(text, MAP, NOW) != Verdict.FORGED) {
            assertThat(bytes(text)).isEqualTo(bytes(issued));
        }
        int at = input.length == 0 ? 0 : Math.floorMod(input[0], issued.length());
        char other = input.length < 2 ? '-' : (char) (input[1] & 0x7f);
        String changed = issued.substring(0, at) + other + issued.substring(at + 1);
        if (!Arrays.equals(bytes(changed), bytes(issued))) {
            assertThat(KEY.check(changed, MAP, NOW)).isEqualTo(Verdict.FORGED);
        }
    }

    private static byte[] bytes(String ticket) {
        try {
            return Base64.getUrlDecoder().decode(ticket);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    @FuzzTarget
    void pieceSet(byte[] input) {
        int count = input.length < 2 ? input.length : 1 + (input[0] & 0xff) + 256 * (input[1] & 0xff);
        byte[] bits = input.length < 2 ? input : Arrays.copyOfRange(input, 2, input.length);
        Refusal.orElse(() -> PieceSet.of(count, bits), set -> {
            assertThat(PieceSet.of(set.count(), set.bytes())).isEqualTo(set);
            assertThat(set.isComplete()).isEqualTo(set.containsAll(0, count - 1));
            assertThat(set.bytes().length * 8).isLessThan(count + 8);
        });
    }

    @FuzzTarget
    void pieceHashes(byte[] input) {
        String text = new String(input, UTF_8);
        Refusal.orElse(() -> PieceHashes.parse(text),
                hashes -> assertThat(PieceHashes.parse(hashes.base64())).isEqualTo(hashes));
    }
}
