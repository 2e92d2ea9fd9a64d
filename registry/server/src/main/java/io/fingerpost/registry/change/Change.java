package io.fingerpost.registry.change;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Admission;
import java.time.Instant;
import java.util.List;

/**
 * One change of what is kept. Done again, in their order, changes lead to the same state; also from a state that has some of them
 * already, for each sets what it is about, and counts nothing up.
 */
public sealed interface Change {
    /** Of changes that are about everything. */
    long ALL = 0;

    /** What the change is about: 64 bits that say which peer or resource. */
    default long subject() {
        return switch (this) {
            case OfPeer peer -> subject(peer.id());
            case OfResource resource -> subject(resource.resource());
            case OfAll _ -> ALL;
        };
    }

    static long subject(PeerId id) {
        return Sha256.parse(id.value()).first();
    }

    static long subject(ResourceId resource) {
        return Sha256.digestOf(Codec.bytes(resource)).first();
    }

    /** About one peer. */
    sealed interface OfPeer extends Change {
        PeerId id();
    }

    /** About one resource. */
    sealed interface OfResource extends Change {
        ResourceId resource();
    }

    /** About everything. */
    sealed interface OfAll extends Change {}

    /** A peer came, or came anew, and holds nothing so far. */
    record Admitted(PeerId id, Admission admission) implements OfPeer {}

    /** It told what it holds, and what no longer. */
    record Told(PeerId id, HoldingsUpdate update) implements OfPeer {}

    /**
     * In a snapshot: what it is called in {@link Rows}.
     *
     * @param holdings how many it has, more or less
     */
    record Numbered(PeerId id, int number, int holdings) implements OfPeer {}

    /** In a snapshot: who holds all of some representations. That takes a fifth of what it would take peer by peer. */
    record Rows(List<Row> rows) implements OfAll {
        public Rows {
            rows = List.copyOf(rows);
        }
    }

    /** The numbers of peers that hold all of a representation. */
    @SuppressWarnings("ArrayRecordComponent") // there are as many as there are holdings
    record Row(Sha256 digest, int[] holders) {}

    /** It went. */
    record Removed(PeerId id) implements OfPeer {}

    /**
     * So much of its month's quota is used.
     *
     * @param bytes since the calendar month of {@code at} began
     */
    record Used(PeerId id, long bytes, Instant at) implements OfPeer {}

    /** So much is held against it; it need not be admitted. */
    record Judged(PeerId id, Standing standing) implements OfPeer {}

    /**
     * A resource is this.
     *
     * @param ambiguous whether resources with the same bytes have had different header fields
     */
    record Learned(ResourceId resource, Representation representation, Instant freshUntil,
            boolean ambiguous) implements OfResource {}

    /** It still has these bytes; if that is not what is known of it, nothing is. */
    record Confirmed(ResourceId resource, Sha256 digest, Instant freshUntil) implements OfResource {}

    /** What it is is not known any more. */
    record Forgotten(ResourceId resource) implements OfResource {}

    /** Nothing that is known of resources is to be believed before the origin has confirmed it. */
    record AllStale() implements OfAll {}

    /** The rules under which resources are learned from now on. */
    record Ruled(Sha256 rules) implements OfAll {}

    /** A snapshot ends here. */
    record Ended() implements OfAll {}
}
