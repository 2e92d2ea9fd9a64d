package io.fingerpost.agent.testing;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.RepresentationHasher;
import io.fingerpost.contract.Sha256;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** Some bytes, and the representation that they are. */
public record Content(byte[] bytes, Representation representation) {
    public static final int PIECE = PieceLayout.MIN_PIECE;

    /** Bytes without any pattern, so that one in the wrong place is noticed; the same for the same seed. */
    public static Content of(int size, long seed) {
        var bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return of(bytes, "\"version-" + seed + "\"");
    }

    public static Content of(byte[] bytes, String etag) {
        return of(bytes, etag, "public, max-age=0");
    }

    /** The same with what the origin says of caching. */
    public Content cached(String cacheControl) {
        return of(bytes, etag(), cacheControl);
    }

    private static Content of(byte[] bytes, String etag, String cacheControl) {
        var hasher = new RepresentationHasher(new PieceLayout(bytes.length));
        hasher.update(ByteBuffer.wrap(bytes));
        return new Content(bytes, hasher.finish(new ReplayedHeaders(Map.of("Content-Type", "application/x-game-map",
                "ETag", etag, "Cache-Control", cacheControl, "Last-Modified",
                "Thu, 01 Jan 2026 00:00:00 GMT"))));
    }

    public Sha256 digest() {
        return representation.digest();
    }

    public int size() {
        return bytes.length;
    }

    public String etag() {
        return String.valueOf(representation.headers().get("ETag"));
    }

    public byte[] from(int position) {
        return Arrays.copyOfRange(bytes, position, bytes.length);
    }

    /** @param last included */
    public byte[] part(int first, int last) {
        return Arrays.copyOfRange(bytes, first, last + 1);
    }

    /** The same bytes with one bit turned over. */
    public byte[] withWrongBitAt(int position) {
        byte[] wrong = bytes.clone();
        wrong[position] ^= 1;
        return wrong;
    }
}
