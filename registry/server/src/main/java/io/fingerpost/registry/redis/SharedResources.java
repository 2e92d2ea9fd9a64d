package io.fingerpost.registry.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.representation.Known;
import io.fingerpost.registry.representation.RepresentationLog;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.lettuce.core.SetArgs;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is known of resources, for all that go by the same rules: what one learns is told to the others and kept in Redis, and what
 * one does not know is looked up there.
 */
final class SharedResources implements RepresentationLog {
    /** Kept so long after it is no longer fresh: then it takes the origin no more than a word to confirm it. */
    private static final Duration STALE = Duration.ofDays(1);
    private static final Duration LONGEST_FRESH = Duration.ofDays(365);
    /** What Redis does not know either is not asked for again so soon. */
    private static final Duration UNKNOWN = Duration.ofSeconds(5);
    private static final int MOST_UNKNOWN = 100_000;

    private final RedisLink link;
    private final Wire wire;
    private final RepresentationTable table;
    private final InstantSource clock;
    private final Cache<ResourceId, CompletableFuture<Boolean>> asked = Caffeine.newBuilder()
            .maximumSize(MOST_UNKNOWN).expireAfterWrite(UNKNOWN).build();
    private volatile Sha256 rules;

    /** @param rules under which resources are learned here */
    SharedResources(RedisLink link, Wire wire, RepresentationTable table, Sha256 rules, InstantSource clock) {
        this.link = link;
        this.wire = wire;
        this.table = table;
        this.rules = rules;
        this.clock = clock;
        RedisLink.unwaited(link.subscribe(Keys.resources(rules)));
    }

    /** From now on resources are learned under other rules. */
    void rule(Sha256 now) {
        link.unsubscribe(Keys.resources(rules));
        rules = now;
        asked.invalidateAll();
        RedisLink.unwaited(link.subscribe(Keys.resources(now)));
    }

    @Override
    public void changed(ResourceId resource) {
        Known known = table.peek(resource);
        if (known == null) {
            tell(new Change.Forgotten(resource), null);
        } else {
            var learned = learned(resource, known);
            tell(learned, learned);
        }
    }

    @Override
    public void confirmed(ResourceId resource) {
        Known known = table.peek(resource);
        if (known == null) {
            tell(new Change.Forgotten(resource), null);
        } else {
            tell(new Change.Confirmed(resource, known.binding().representation().digest(),
                    known.binding().freshUntil()),
                    learned(resource, known));
        }
    }

    private static Change.Learned learned(ResourceId resource, Known known) {
        return new Change.Learned(resource, known.binding().representation(), known.binding().freshUntil(),
                known.namesakes().isAmbiguous());
    }

    /** @param kept in Redis; nothing is if it is null */
    private void tell(Change.OfResource told, Change.@Nullable Learned kept) {
        byte[] key = Keys.resource(rules, told.resource());
        try {
            if (kept == null) {
                RedisLink.unwaited(link.commands().del(key));
            } else {
                RedisLink.unwaited(link.commands().set(key, Codec.encode(kept),
                        SetArgs.Builder.px(left(kept).plus(STALE).toMillis())));
            }
            RedisLink.unwaited(wire.tell(link, Keys.resources(rules), new News.Changed(told)));
        } catch (RedisLink.Unavailable e) {
            return; // others learn it by themselves
        }
    }

    private Duration left(Change.Learned learned) {
        var left = Duration.between(clock.instant(), learned.freshUntil());
        return left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST_FRESH) < 0 ? left : LONGEST_FRESH;
    }

    @Override
    public CompletableFuture<Boolean> lookUp(ResourceId resource) {
        return asked.get(resource, _ -> fetch(resource).toCompletableFuture());
    }

    private CompletionStage<Boolean> fetch(ResourceId resource) {
        try {
            return link.commands().get(Keys.resource(rules, resource)).handle((kept, _) -> {
                if (kept != null && Codec.decode(ByteBuffer.wrap(kept)) instanceof Change.Learned learned
                        && learned.resource().equals(resource) && table.peek(resource) == null) {
                    take(learned);
                }
                return kept != null;
            });
        } catch (RedisLink.Unavailable e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private void take(Change.Learned learned) {
        table.learnElsewhere(learned.resource(), learned.representation(), learned.freshUntil(), learned.ambiguous());
    }

    /** Takes over what others have learned. */
    void hear(Change.OfResource change) {
        switch (change) {
            case Change.Learned learned -> take(learned);
            case Change.Forgotten(var resource) -> table.drop(resource);
            case Change.Confirmed(var resource, var digest, var freshUntil) -> {
                Known known = table.peek(resource);
                if (known != null && known.binding().representation().digest().equals(digest)) {
                    table.restore(resource, known.binding().representation(), freshUntil,
                            known.namesakes().isAmbiguous());
                } else {
                    table.drop(resource);
                }
            }
        }
    }
}
