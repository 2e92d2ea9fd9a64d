package io.fingerpost.agent.fetch;

import java.io.IOException;

/** The store cannot take what was fetched, for instance because the disk is full; no source is to blame. */
final class StoreFailed extends IOException {
    private static final long serialVersionUID = 1L;

    StoreFailed(IOException cause) {
        super("cannot store: " + cause.getMessage(), cause);
    }
}
