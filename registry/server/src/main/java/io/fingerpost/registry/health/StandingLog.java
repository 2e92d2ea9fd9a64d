package io.fingerpost.registry.health;

import io.fingerpost.contract.PeerId;

/** Keeps standings where a restart finds them. Does not wait. */
public interface StandingLog {
    /** Keeps nothing: for a registry in memory alone. */
    StandingLog NONE = (_, _) -> {};

    /** @param standing {@link Standing#CLEAN} when nothing is held against the peer any more */
    void keep(PeerId id, Standing standing);
}
