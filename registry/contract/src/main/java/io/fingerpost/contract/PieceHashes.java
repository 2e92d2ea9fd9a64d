package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The digests of a representation's pieces in order, packed: 32 bytes a piece and one object for all of them. */
public final class PieceHashes {
    private final byte[] packed;

    private PieceHashes(byte[] packed) {
        this.packed = packed;
    }

    public static PieceHashes of(List<Sha256> hashes) {
        var buffer = ByteBuffer.allocate(hashes.size() * Sha256.LENGTH);
        hashes.forEach(hash -> hash.write(buffer));
        return new PieceHashes(buffer.array());
    }

    /** Reads standard base64 of the digests, one after the other. */
    @JsonCreator
    public static PieceHashes parse(String base64) {
        byte[] packed = Base64.getDecoder().decode(base64);
        if (packed.length % Sha256.LENGTH != 0) {
            throw new IllegalArgumentException("piece hashes are 32 bytes each, not " + packed.length + " in all");
        }
        return new PieceHashes(packed);
    }

    @JsonValue
    public String base64() {
        return Base64.getEncoder().encodeToString(packed);
    }

    public int count() {
        return packed.length / Sha256.LENGTH;
    }

    public Sha256 get(int index) {
        return Sha256.read(ByteBuffer.wrap(packed, index * Sha256.LENGTH, Sha256.LENGTH));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PieceHashes that && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(packed);
    }

    @Override
    public String toString() {
        return count() + " piece hashes";
    }
}
