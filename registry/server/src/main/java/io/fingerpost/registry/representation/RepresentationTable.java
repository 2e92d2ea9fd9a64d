package io.fingerpost.registry.representation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.ByteSize;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What is known of the origin's resources. Bounded: when memory runs short, resources that are rarely asked for are
 * forgotten and go through the origin again. Safe for use by many threads; reads take memory only.
 */
public final class RepresentationTable {
    /** About what one entry takes beside its path and piece hashes: objects, headers, map nodes. */
    private static final int ENTRY_OVERHEAD = 1_000;

    /** Most resources that are remembered as not shareable. */
    private static final int MAX_UNLABELLED = 100_000;

    private final Cache<ResourceId, Entry> bindings;
    private final Cache<ResourceId, Boolean> unlabelled = Caffeine.newBuilder().maximumSize(MAX_UNLABELLED).build();
    /** The latest representation of each digest, for as long as the entry of some resource has it. */
    private final Cache<Sha256, AtomicReference<Representation>> named = Caffeine.newBuilder().weakValues().build();

    /** What a resource is, and what keeps its digest among the {@link #named}. */
    private record Entry(Binding binding, AtomicReference<Representation> named) {}

    public RepresentationTable(ByteSize memory) {
        this.bindings = Caffeine.newBuilder()
                .maximumWeight(memory.bytes())
                .weigher(RepresentationTable::weight)
                .build();
    }

    private static int weight(ResourceId resource, Entry entry) {
        int pieces = entry.binding.representation().pieces().count();
        return ENTRY_OVERHEAD + resource.value().length() + pieces * Sha256.LENGTH;
    }

    /** From now on {@code resource} is {@code representation}, until the origin says otherwise. */
    public void learn(ResourceId resource, Representation representation, Instant freshUntil) {
        unlabelled.invalidate(resource);
        var latest = named.get(representation.digest(), _ -> new AtomicReference<>());
        latest.set(representation);
        bindings.put(resource, new Entry(new Binding(representation, freshUntil), latest));
    }

    /** The origin confirmed the representation with {@code etag}; what is known under another one is forgotten. */
    public void confirm(ResourceId resource, String etag, Instant freshUntil) {
        bindings.asMap().computeIfPresent(resource,
                (_, known) -> etag.equals(known.binding.representation().headers().get("ETag"))
                        ? new Entry(new Binding(known.binding.representation(), freshUntil), known.named)
                        : null);
    }

    /** The resource is no longer what it was. */
    public void forget(ResourceId resource) {
        bindings.invalidate(resource);
    }

    /** The origin does not want the resource shared. */
    public void refuse(ResourceId resource) {
        forget(resource);
        unlabelled.put(resource, true);
    }

    /** Whether the origin was lately seen not to want the resource shared. */
    public boolean isUnlabelled(ResourceId resource) {
        return unlabelled.getIfPresent(resource) != null;
    }

    public Optional<Binding> lookup(ResourceId resource) {
        return Optional.ofNullable(bindings.getIfPresent(resource)).map(Entry::binding);
    }

    public Optional<Representation> find(Sha256 digest) {
        return Optional.ofNullable(named.getIfPresent(digest)).map(AtomicReference::get);
    }

    public long size() {
        return bindings.estimatedSize();
    }
}
