package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks tickets for one peer; known to the registry, its brokers and that peer.
 *
 * <p>A ticket is base64url of the expiry (4 bytes, seconds since 1970, unsigned) and 16 bytes of HMAC-SHA-256 over digest
 * and expiry. The key is derived for the peer, so a ticket for one peer opens no other.
 */
public final class TicketKey {
    private static final int MAC_LENGTH = 16;
    private static final int TICKET_LENGTH = Integer.BYTES + MAC_LENGTH;

    private final byte[] key;
    private volatile @Nullable Hmac hmac;

    private TicketKey(byte[] key) {
        this.key = key;
    }

    @JsonCreator
    public static TicketKey parse(String base64Url) {
        byte[] key = Base64.getUrlDecoder().decode(base64Url);
        if (key.length != 32) {
            throw new IllegalArgumentException("a ticket key has 32 bytes");
        }
        return new TicketKey(key);
    }

    /** The key for {@code peer} under the master secret of a registry. */
    public static TicketKey derive(byte[] master, PeerId peer) {
        return new TicketKey(new Hmac(master).of(("ticket key for " + peer).getBytes(StandardCharsets.UTF_8)));
    }

    @JsonValue
    public String text() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }

    /** A ticket that lets its bearer fetch {@code digest} from this key's peer until {@code expiry} (whole seconds). */
    public String issue(Sha256 digest, Instant expiry) {
        int seconds = (int) expiry.getEpochSecond();
        var ticket = ByteBuffer.allocate(TICKET_LENGTH).putInt(seconds).put(mac(digest, seconds));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(ticket.array());
    }

    /** What a ticket is worth. */
    public enum Verdict {
        VALID, EXPIRED, FORGED
    }

    /** Checks {@code ticket}, which may be anything that a stranger sent, for {@code digest} at {@code now}. */
    public Verdict check(String ticket, Sha256 digest, Instant now) {
        var bytes = decode(ticket);
        if (bytes.length != TICKET_LENGTH) {
            return Verdict.FORGED;
        }
        int seconds = ByteBuffer.wrap(bytes).getInt();
        byte[] claimed = Arrays.copyOfRange(bytes, Integer.BYTES, TICKET_LENGTH);
        if (!MessageDigest.isEqual(claimed, mac(digest, seconds))) {
            return Verdict.FORGED;
        }
        return Integer.toUnsignedLong(seconds) > now.getEpochSecond() ? Verdict.VALID : Verdict.EXPIRED;
    }

    private static byte[] decode(String ticket) {
        try {
            return Base64.getUrlDecoder().decode(ticket);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private byte[] mac(Sha256 digest, int expirySeconds) {
        var message = ByteBuffer.allocate(Sha256.LENGTH + Integer.BYTES);
        digest.write(message);
        message.putInt(expirySeconds);
        return Arrays.copyOf(hmac().of(message.array()), MAC_LENGTH);
    }

    /** Made for keys that are used, and kept for they are used again. */
    private Hmac hmac() {
        Hmac known = hmac;
        if (known == null) {
            known = new Hmac(key);
            hmac = known;
        }
        return known;
    }

    /** HMAC-SHA-256 (RFC 2104) that does half of the work once for each key, which {@code javax.crypto.Mac} does each time. */
    private static final class Hmac {
        private static final int BLOCK = 64;

        private final MessageDigest inner;
        private final MessageDigest outer;

        Hmac(byte[] key) {
            byte[] fitting = key.length > BLOCK ? Sha256.newDigest().digest(key) : key;
            this.inner = begun(fitting, 0x36);
            this.outer = begun(fitting, 0x5c);
        }

        private static MessageDigest begun(byte[] key, int pad) {
            byte[] block = Arrays.copyOf(key, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                block[i] ^= (byte) pad;
            }
            var digest = Sha256.newDigest();
            digest.update(block);
            return digest;
        }

        byte[] of(byte[] message) {
            return copy(outer).digest(copy(inner).digest(message));
        }

        private static MessageDigest copy(MessageDigest begun) {
            try {
                return (MessageDigest) begun.clone();
            } catch (CloneNotSupportedException e) {
                throw new IllegalStateException("the JDK's SHA-256 can be cloned", e);
            }
        }
    }

    @Override
    public String toString() {
        return "TicketKey[secret]";
    }
}
