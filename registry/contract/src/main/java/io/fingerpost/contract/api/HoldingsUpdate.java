package io.fingerpost.contract.api;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A peer says what it holds now, and what no longer.
 *
 * <p>On the wire this is not JSON but {@link #MEDIA_TYPE}: announcements are most of what a registry reads. All numbers are big-endian. The
 * first byte is 0, or 1 for {@code anew}. Then come entries: the digest (32 bytes), the number of pieces (4 bytes; 0 withdraws
 * the digest and ends the entry), and the length of the piece set (2 bytes) with the set itself, lowest piece in the lowest bit of the first
 * byte; length 0 stands for all pieces.
 *
 * @param anew whether nothing that was said before counts any more
 * @param hold replaces what was known of these digests
 * @param drop is withdrawn, before {@code hold} counts
 */
public record HoldingsUpdate(boolean anew, List<Held> hold, List<Sha256> drop) {
    /** Most entries of one update, both lists together. */
    public static final int MAX_ENTRIES = 1_000;
    public static final String MEDIA_TYPE = "application/vnd.fingerpost.holdings";

    private static final int ENTRY_BYTES = Sha256.LENGTH + Integer.BYTES + Short.BYTES;

    public HoldingsUpdate {
        hold = List.copyOf(hold);
        drop = List.copyOf(drop);
        if (hold.size() + drop.size() > MAX_ENTRIES) {
            throw tooMany();
        }
    }

    /** A change of what was said before. */
    public HoldingsUpdate(List<Held> hold, List<Sha256> drop) {
        this(false, hold, drop);
    }

    /**
     * One representation at one peer.
     *
     * @param pieces at least one
     */
    public record Held(Sha256 digest, PieceSet pieces) {
        public Held {
            if (pieces.isEmpty()) {
                throw new IllegalArgumentException("whoever holds no piece holds nothing");
            }
        }

        /** All of a representation of {@code size} bytes. */
        public static Held complete(Sha256 digest, long size) {
            return new Held(digest, PieceSet.all(new PieceLayout(size).count()));
        }
    }

    private static IllegalArgumentException tooMany() {
        return new IllegalArgumentException("at most " + MAX_ENTRIES + " entries go into one update");
    }

    /** Reads the wire form; {@link IllegalArgumentException} says what is wrong with it. */
    public static HoldingsUpdate parse(byte[] wire) {
        var in = ByteBuffer.wrap(wire);
        var hold = new ArrayList<Held>();
        var drop = new ArrayList<Sha256>();
        try {
            byte first = in.get();
            if (first != 0 && first != 1) {
                throw new IllegalArgumentException("an update begins with 0 or 1, not " + first);
            }
            while (in.hasRemaining()) {
                if (hold.size() + drop.size() == MAX_ENTRIES) {
                    throw tooMany();
                }
                var digest = Sha256.read(in);
                int count = in.getInt();
                if (count == 0) {
                    drop.add(digest);
                } else {
                    hold.add(new Held(digest, readPieces(in, count)));
                }
            }
            return new HoldingsUpdate(first == 1, hold, drop);
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the update ends in the middle of an entry", e);
        }
    }

    private static PieceSet readPieces(ByteBuffer in, int count) {
        if (count < 0 || count > PieceLayout.MAX_PIECES) {
            throw new IllegalArgumentException(
                    "a representation has 1 to " + PieceLayout.MAX_PIECES + " pieces, not " + count);
        }
        int length = Short.toUnsignedInt(in.getShort());
        if (length == 0) {
            return PieceSet.all(count);
        }
        if (length > Math.ceilDiv(count, Byte.SIZE)) {
            throw new IllegalArgumentException("more bits than " + count + " pieces have");
        }
        var bits = new byte[length];
        in.get(bits);
        return PieceSet.of(count, bits);
    }

    /** The wire form. */
    public byte[] bytes() {
        var sets = hold.stream().map(held -> held.pieces.isComplete() ? new byte[0] : held.pieces.bytes()).toList();
        int size = 1 + hold.size() * ENTRY_BYTES + sets.stream().mapToInt(set -> set.length).sum()
                + drop.size() * (Sha256.LENGTH + Integer.BYTES);
        var out = ByteBuffer.allocate(size).put((byte) (anew ? 1 : 0));
        drop.forEach(digest -> {
            digest.write(out);
            out.putInt(0);
        });
        for (int i = 0; i < hold.size(); i++) {
            hold.get(i).digest.write(out);
            out.putInt(hold.get(i).pieces.count()).putShort((short) sets.get(i).length).put(sets.get(i));
        }
        return out.array();
    }
}
