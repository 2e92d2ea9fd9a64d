package io.fingerpost.agent.store;

import io.fingerpost.contract.Sha256;
import java.util.OptionalInt;

/** What is known of a digest at other peers; asked when something has to be evicted. Must return quickly. */
@FunctionalInterface
public interface Rarity {
    /** Nothing is known of any. */
    Rarity UNKNOWN = _ -> OptionalInt.empty();

    /** How many other peers are known to hold it; empty if that is not known. */
    OptionalInt holders(Sha256 digest);
}
