package io.fingerpost.agent.serve;

import java.util.Optional;

/** Says whether others are not served for now. */
@FunctionalInterface
public interface Pause {
    /** Serves always. */
    Pause NEVER = Optional::empty;

    /** Why nobody is served at the moment; empty if all are. */
    Optional<String> reason();
}
