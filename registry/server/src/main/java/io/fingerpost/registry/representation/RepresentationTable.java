package io.fingerpost.registry.representation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.ByteSize;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the origin's resources. Bounded: when memory runs short, resources that are rarely asked for are
 * forgotten and go through the origin again. Safe for use by many threads; reads take memory only.
 */
public final class RepresentationTable {
    /** About what one entry takes beside its path and piece hashes: objects, headers, map nodes. */
    private static final int ENTRY_OVERHEAD = 1_000;

    /** One look in so many counts for what is kept. */
    private static final int COUNTED_OF = 8;

    /** Most resources that are remembered as not shareable. */
    private static final int MAX_UNLABELLED = 100_000;

    /** How long for: one answer of a bad moment must not decide for ever. */
    private static final Duration UNLABELLED = Duration.ofMinutes(1);

    /** Most resources of which it is remembered what the origin began to send. */
    private static final int MAX_BEGUN = 100_000;

    private final Cache<ResourceId, Known> bindings;
    private final Cache<ResourceId, Boolean> unlabelled = Caffeine.newBuilder().maximumSize(MAX_UNLABELLED)
            .expireAfterWrite(UNLABELLED).build();
    /** The entity tag under which the origin last began to send a resource; empty when it was forgotten since. */
    private final Cache<ResourceId, String> begun = Caffeine.newBuilder().maximumSize(MAX_BEGUN).build();
    /** What is known of each digest, for as long as the entry of some resource has it. */
    private final Cache<Sha256, Namesakes> named = Caffeine.newBuilder().weakValues().build();
    private volatile RepresentationLog log = RepresentationLog.NONE;

    public RepresentationTable(ByteSize memory) {
        this.bindings = Caffeine.newBuilder()
                .maximumWeight(memory.bytes())
                .weigher(RepresentationTable::weight)
                .build();
    }

    private static int weight(ResourceId resource, Known known) {
        int pieces = known.binding().representation().pieces().count();
        return ENTRY_OVERHEAD + resource.target().length() + pieces * Sha256.LENGTH;
    }

    /**
     * The origin begins to send the resource under an entity tag. An answer that began earlier, under another, teaches
     * nothing any more: however slowly it is read, it does not bring the old version back.
     */
    public void begin(ResourceId resource, String etag) {
        begun.put(resource, etag);
    }

    /** Whether the origin began to send {@code resource} under {@code etag}, and nothing to the contrary was seen since. */
    public boolean isBegun(ResourceId resource, String etag) {
        return etag.equals(begun.getIfPresent(resource));
    }

    /** From now on {@code resource} is {@code representation}, until the origin says otherwise; unless it already has. */
    public void learn(ResourceId resource, Representation representation, Instant freshUntil) {
        String last = begun.getIfPresent(resource);
        if (last != null && !last.equals(representation.headers().get("ETag"))) {
            return;
        }
        unlabelled.invalidate(resource);
        bind(resource, representation, freshUntil);
        log.changed(resource);
    }

    private Namesakes bind(ResourceId resource, Representation representation, Instant freshUntil) {
        var name = named.get(representation.digest(), _ -> new Namesakes());
        bindings.put(resource, new Known(new Binding(name.become(representation), freshUntil), name));
        return name;
    }

    /** The origin confirmed the representation with {@code etag}; what is known under another one is forgotten. */
    public void confirm(ResourceId resource, String etag, Instant freshUntil) {
        bindings.asMap().computeIfPresent(resource,
                (_, known) -> etag.equals(known.binding().representation().headers().get("ETag"))
                        ? new Known(new Binding(known.binding().representation(), freshUntil), known.namesakes())
                        : null);
        log.confirmed(resource);
    }

    /** The resource is no longer what it was. */
    public void forget(ResourceId resource) {
        begun.asMap().replace(resource, "");
        if (bindings.asMap().remove(resource) != null) {
            log.changed(resource);
        }
    }

    /** The origin does not want the resource shared. */
    public void refuse(ResourceId resource) {
        forget(resource);
        unlabelled.put(resource, true);
    }

    /** The origin lets the resource be shared, though what it is has not been seen yet. */
    public void allow(ResourceId resource) {
        unlabelled.invalidate(resource);
    }

    /** Whether the origin was lately seen not to want the resource shared. */
    public boolean isUnlabelled(ResourceId resource) {
        return unlabelled.getIfPresent(resource) != null;
    }

    /** Forgets everything about the resources of which {@code changed} holds; takes a look at each, so off the I/O threads. */
    public void forgetIf(Predicate<ResourceId> changed) {
        bindings.asMap().keySet().removeIf(resource -> {
            boolean forgotten = changed.test(resource);
            if (forgotten) {
                bindings.invalidate(resource);
                log.changed(resource);
            }
            return forgotten;
        });
        unlabelled.asMap().keySet().removeIf(changed);
        begun.asMap().keySet().removeIf(changed);
    }

    /** What is known of a resource and of its bytes; null if nothing is. */
    public @Nullable Known known(ResourceId resource) {
        // What is asked for often is kept; to count each time would cost more than the look itself.
        return ThreadLocalRandom.current().nextInt(COUNTED_OF) == 0
                ? bindings.getIfPresent(resource)
                : bindings.policy().getIfPresentQuietly(resource);
    }

    public Optional<Binding> lookup(ResourceId resource) {
        return Optional.ofNullable(bindings.getIfPresent(resource)).map(Known::binding);
    }

    public Optional<Representation> find(Sha256 digest) {
        return Optional.ofNullable(named.getIfPresent(digest)).flatMap(Namesakes::latest);
    }

    /** Looks elsewhere for what is not known here; done when there is nothing more to find out. */
    public CompletionStage<Boolean> lookUp(ResourceId resource) {
        return peek(resource) == null ? log.lookUp(resource) : RepresentationLog.NOWHERE;
    }

    /** From now on {@code log} is told of every change. */
    public void watch(RepresentationLog log) {
        this.log = log;
    }

    /**
     * Takes in again what was known before a restart.
     *
     * @param ambiguous as {@link Namesakes#isAmbiguous}
     */
    public void restore(ResourceId resource, Representation representation, Instant freshUntil, boolean ambiguous) {
        Namesakes names = bind(resource, representation, freshUntil);
        if (ambiguous) {
            names.markAmbiguous();
        }
    }

    /** Takes in what somebody else has learned, unless the origin has begun to send something else here; the log is not told. */
    public void learnElsewhere(ResourceId resource, Representation representation, Instant freshUntil,
            boolean ambiguous) {
        String last = begun.getIfPresent(resource);
        if (last == null || last.equals(representation.headers().get("ETag"))) {
            restore(resource, representation, freshUntil, ambiguous);
        }
    }

    /** The resource is no longer what it was; the log, which says so, is not told. */
    public void drop(ResourceId resource) {
        begun.asMap().replace(resource, "");
        bindings.invalidate(resource);
    }

    /** Nothing that is known is believed any more before the origin has confirmed it. */
    public void expireAll() {
        bindings.asMap().replaceAll((_, known) -> new Known(
                new Binding(known.binding().representation(), Instant.EPOCH), known.namesakes()));
    }

    /** What is known of a resource, without counting as if somebody had asked for it; null if nothing is. */
    public @Nullable Known peek(ResourceId resource) {
        return bindings.policy().getIfPresentQuietly(resource);
    }

    /** All that is known. Of what comes or goes meanwhile, some may be missing. */
    public Set<Map.Entry<ResourceId, Known>> entries() {
        return Collections.unmodifiableSet(bindings.asMap().entrySet());
    }

    public long size() {
        return bindings.estimatedSize();
    }
}
