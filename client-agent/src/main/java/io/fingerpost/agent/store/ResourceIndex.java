package io.fingerpost.agent.store;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.DataDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, for a bounded number of resources, which digest each was last, under which header fields, and when that was last
 * confirmed, so that the agent can use it again, or ask whether it still holds instead of fetching it again. Safe for use by many
 * threads, off the I/O threads if it is kept in a file.
 */
public final class ResourceIndex implements AutoCloseable {
    private static final int MAX_RESOURCES = 100_000;
    /** Of what is confirmed by a clock that was set back since, nothing is known. */
    private static final Duration UNKNOWN = Duration.ofDays(3650);

    private final InstantSource clock;
    /** Guarded by this. */
    private final Map<String, Known> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX_RESOURCES;
        }
    };
    private final CompletableFuture<Optional<ResourceLog>> log;

    private ResourceIndex(InstantSource clock, Optional<Path> file) {
        this.clock = clock;
        this.log = CompletableFuture.supplyAsync(() -> file.map(path -> ResourceLog.open(path, this::put)),
                task -> Thread.ofVirtual().name("resource-log").start(task));
    }

    /** One that goes on with what the data directory says; that is read in the background, and waited for by who asks. */
    public static ResourceIndex open(DataDirectory data, InstantSource clock) {
        return new ResourceIndex(clock, Optional.of(data.resolve("resources.jsonl")));
    }

    /** One that ends with the program. */
    public static ResourceIndex inMemory(InstantSource clock) {
        return new ResourceIndex(clock, Optional.empty());
    }

    private synchronized void put(String resource, @Nullable Known now) {
        if (now == null) {
            known.remove(resource);
        } else {
            known.put(resource, now);
        }
    }

    private void change(String resource, @Nullable Known now) {
        var kept = log.join();
        synchronized (this) {
            put(resource, now);
            kept.ifPresent(file -> file.append(resource, now, known));
        }
    }

    /** What a resource was last; its header fields, for others may have the same bytes under other ones. */
    public record Known(Sha256 digest, ReplayedHeaders headers, Instant confirmed) {
        /** The entity tag to ask by; everything that is shared has one. */
        public String etag() {
            return headers.fields().getOrDefault("ETag", "");
        }
    }

    /** @param confirmed when somebody who knows said so; the epoch if that is not known */
    public void remember(String resource, Sha256 digest, ReplayedHeaders headers, Instant confirmed) {
        change(resource, new Known(digest, headers, confirmed));
    }

    public void forget(String resource) {
        change(resource, null);
    }

    public Instant now() {
        return clock.instant();
    }

    public Optional<Known> lookup(String resource) {
        log.join();
        synchronized (this) {
            return Optional.ofNullable(known.get(resource));
        }
    }

    /** How long ago it was confirmed. */
    public Duration age(Known value) {
        var age = Duration.between(value.confirmed(), clock.instant());
        return age.isNegative() ? UNKNOWN : age;
    }

    @Override
    public void close() {
        var kept = log.join();
        synchronized (this) {
            kept.ifPresent(ResourceLog::close);
        }
    }
}
