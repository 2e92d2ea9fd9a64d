package io.fingerpost.contract.client;

import java.net.URI;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Registries that are all alike: one is asked until it fails, then the next. Safe for use by many threads. */
final class Places {
    private final List<URI> all;
    /** Where this one begins, by chance, so that agents spread over them. */
    private final AtomicInteger current;

    /** @param all at least one */
    Places(List<URI> all) {
        this.all = all.stream().distinct().toList();
        this.current = new AtomicInteger(ThreadLocalRandom.current().nextInt(this.all.size()));
    }

    int count() {
        return all.size();
    }

    URI current() {
        return all.get(current.get());
    }

    /** Goes on to the next, unless another thread has. */
    void failed(URI place) {
        int at = all.indexOf(place);
        current.compareAndSet(at, (at + 1) % all.size());
    }
}
