package io.fingerpost.agent.store;

import io.fingerpost.contract.Sha256;

/** Told when a digest came into the store or left it; must return quickly. */
@FunctionalInterface
public interface StoreListener {
    void changed(Sha256 digest);
}
