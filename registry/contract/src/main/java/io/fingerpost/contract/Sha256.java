package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A SHA-256 digest; the name of a representation or of a piece.
 *
 * <p>Four longs instead of an array: values compare by content and a table of millions of them has no second object each.
 */
public record Sha256(long first, long second, long third, long fourth) {
    /** Length of a digest in bytes. */
    public static final int LENGTH = 32;

    private static final int BUFFER = 256 * 1024;

    /** @throws IllegalArgumentException unless {@code digest} has 32 bytes */
    public static Sha256 of(byte[] digest) {
        if (digest.length != LENGTH) {
            throw new IllegalArgumentException("a sha-256 digest has 32 bytes, not " + digest.length);
        }
        return read(ByteBuffer.wrap(digest));
    }

    /** Takes the next 32 bytes of {@code source}. */
    public static Sha256 read(ByteBuffer source) {
        return new Sha256(source.getLong(), source.getLong(), source.getLong(), source.getLong());
    }

    /** The digest of {@code content}. */
    public static Sha256 digestOf(byte[] content) {
        return of(newDigest().digest(content));
    }

    /** That of a file's content. */
    public static Sha256 digestOf(Path file) throws IOException {
        var digest = newDigest();
        var buffer = ByteBuffer.allocate(BUFFER);
        try (var channel = FileChannel.open(file)) {
            while (channel.read(buffer.clear()) >= 0) {
                digest.update(buffer.flip());
            }
        }
        return of(digest.digest());
    }

    /** Reads the unpadded base64url form that `ni` names use (RFC 6920 §3). */
    @JsonCreator
    public static Sha256 parse(String base64Url) {
        if (base64Url.length() != 43) {
            throw new IllegalArgumentException("not a sha-256 digest: 43 characters of base64url are wanted");
        }
        Sha256 digest = of(Base64.getUrlDecoder().decode(base64Url));
        if (!digest.base64Url().equals(base64Url)) {
            throw new IllegalArgumentException("not a sha-256 digest: its last character has bits of no meaning");
        }
        return digest;
    }

    /** A fresh SHA-256 computation. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        var bytes = new byte[LENGTH];
        write(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /** Appends the 32 bytes to {@code target}. */
    public void write(ByteBuffer target) {
        target.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    /** Unpadded base64url, as in `ni` names and in our JSON. */
    @JsonValue
    public String base64Url() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes());
    }

    /** Padded base64, as in digest fields (RFC 9530) and SRI. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes());
    }

    /** Lowercase hexadecimal, as in Metalink and in file names. */
    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    @Override
    public String toString() {
        return base64Url();
    }
}
