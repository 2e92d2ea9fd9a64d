package io.fingerpost.agent.store;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What can be read of a representation: all of it, or some verified pieces. It stays readable until it is closed, whatever becomes
 * of the blob.
 *
 * @param pieces whose bytes may be read from {@code file}; no others
 */
public record Portion(Representation representation, PieceSet pieces, FileChannel file) implements AutoCloseable {
    static Portion open(Representation representation, PieceSet pieces, Path file) throws IOException {
        return new Portion(representation, pieces, FileChannel.open(file, StandardOpenOption.READ));
    }

    /** Whether all bytes from {@code first} to {@code last}, both included, may be read. */
    public boolean covers(long first, long last) {
        var layout = representation.layout();
        return pieces.containsAll(layout.pieceAt(first), layout.pieceAt(last));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
