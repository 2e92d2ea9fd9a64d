package io.fingerpost.agent.store;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import java.io.IOException;
import java.nio.file.Path;

/** A stored, verified representation. It may be evicted at any time; what is open then stays readable. */
public record Blob(Representation representation, Path file) {
    /** The same bytes under the header fields of another resource. */
    public Blob under(ReplayedHeaders headers) {
        var same = new Representation(representation.digest(), representation.size(), headers, representation.pieces());
        return new Blob(same, file);
    }

    /** @throws java.nio.file.NoSuchFileException if it was evicted */
    public Portion open() throws IOException {
        return Portion.open(representation, PieceSet.all(representation.layout().count()), file);
    }
}
