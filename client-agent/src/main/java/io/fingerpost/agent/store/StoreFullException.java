package io.fingerpost.agent.store;

import java.io.IOException;

/** A file does not fit into the store, whatever is evicted. */
public final class StoreFullException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreFullException(long size, long limit) {
        super(size + " bytes do not fit into a store of " + limit);
    }
}
