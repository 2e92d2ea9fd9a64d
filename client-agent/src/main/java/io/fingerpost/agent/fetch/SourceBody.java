package io.fingerpost.agent.fetch;

import java.io.FilterInputStream;
import java.io.InputStream;

/** The bytes of a representation from one position up to another, as a source sends them. */
final class SourceBody extends FilterInputStream {
    private final long position;
    private final long end;

    /**
     * @param position where it begins: that which was asked for, or 0 if the source ignores ranges
     * @param end the first byte that is not in it
     */
    SourceBody(InputStream body, long position, long end) {
        super(body);
        this.position = position;
        this.end = end;
    }

    long position() {
        return position;
    }

    long end() {
        return end;
    }
}
