package io.fingerpost.agent.store;

import io.fingerpost.contract.Sha256;

/** Told, after it shows, when a digest or one more piece of it came into the store, or left it; must return quickly. */
@FunctionalInterface
public interface StoreListener {
    void changed(Sha256 digest);
}
