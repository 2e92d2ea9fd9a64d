package io.fingerpost.registry.durable;

import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.representation.Known;
import io.fingerpost.registry.representation.RepresentationLog;
import io.fingerpost.registry.representation.ResourceId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which resources have changed since they were last written. What they are then is read from the table when they are written,
 * so that nothing old can be written after something new.
 *
 * <p>Bounded: if too many change at a time, everything that was written is withdrawn, and written anew from the table.
 */
final class ChangedResources implements RepresentationLog {
    private final int most;
    private final Runnable wake;
    /** To true if all of the representation has to be written, not only for how long it is fresh. */
    private final Map<ResourceId, Boolean> changed = new ConcurrentHashMap<>();
    private volatile boolean tooMany;

    /**
     * Starts with none.
     *
     * @param most that are remembered
     * @param wake is run after each change; must not wait
     */
    ChangedResources(int most, Runnable wake) {
        this.most = most;
        this.wake = wake;
    }

    @Override
    public void changed(ResourceId resource) {
        remember(resource, true);
    }

    @Override
    public void confirmed(ResourceId resource) {
        remember(resource, false);
    }

    private void remember(ResourceId resource, boolean all) {
        if (changed.size() < most) {
            changed.merge(resource, all, Boolean::logicalOr);
        } else {
            tooMany = true;
        }
        wake.run();
    }

    boolean isEmpty() {
        return changed.isEmpty() && !tooMany;
    }

    /** Writes what the changed ones are now. */
    void tell(Kept kept, Kept.Writer to) throws IOException {
        if (tooMany) {
            tooMany = false; // before the table is read: what changes from now on is written once more
            // Not forgotten, for if this ends half-way the rest is still there; and what is stale is believed of nobody's word but the origin's.
            to.put(new Change.AllStale());
            kept.tellRepresentations(to);
        }
        for (ResourceId resource : List.copyOf(changed.keySet())) {
            Boolean all = changed.remove(resource);
            if (all != null) {
                to.put(change(resource, kept.representations.peek(resource), all));
            }
        }
    }

    private static Change change(ResourceId resource, @Nullable Known known, boolean all) {
        if (known == null) {
            return new Change.Forgotten(resource);
        }
        return all
                ? Kept.learned(resource, known)
                : new Change.Confirmed(resource, known.binding().representation().digest(),
                        known.binding().freshUntil());
    }
}
