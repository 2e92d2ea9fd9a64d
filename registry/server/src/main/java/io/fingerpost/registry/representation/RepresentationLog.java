package io.fingerpost.registry.representation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Is told which resources are known as something else than before, after that. Does not wait. */
public interface RepresentationLog {
    /** Takes no notice: for a table in memory alone. */
    RepresentationLog NONE = new RepresentationLog() {
        @Override
        public void changed(ResourceId resource) {}

        @Override
        public void confirmed(ResourceId resource) {}
    };

    /** Looks elsewhere for a resource of which nothing is known here; done when that is taken in, or nobody else knows either. */
    default CompletionStage<Boolean> lookUp(ResourceId resource) {
        return NOWHERE;
    }

    CompletionStage<Boolean> NOWHERE = CompletableFuture.completedStage(false);

    /** Another representation is known, or none any more. */
    void changed(ResourceId resource);

    /** The representation is the same as before, but fresh for longer; or none is known any more. */
    void confirmed(ResourceId resource);
}
