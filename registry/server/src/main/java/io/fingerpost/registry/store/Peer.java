package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.upload.Uploads;
import java.time.Instant;
import java.util.List;

/** An admitted peer: what was said of it then, and what changes while its lease runs. Safe for use by many threads. */
public final class Peer implements Holder {
    private final PeerId id;
    private final Admission admission;
    private final PeerEndpoint endpoint;
    private final boolean superNode;
    private final TicketKey ticketKey;
    private final Reach reach;
    private final Uploads uploads;
    private final boolean isLanOnly;
    private final long seed;
    private volatile Place place;
    private volatile State state;
    private volatile Reachability reachability;
    private volatile long leaseUntil;

    /** What clients can expect of a peer whose lease runs. */
    public enum State {
        /** It serves, for all that is known. */
        GOOD,
        /** Its endpoint has not proved itself: nobody but its neighbours may reach it. */
        UNPROVED,
        /** It does not answer. */
        DOWN,
        /** It sent wrong bytes, or failed too often. */
        QUARANTINED
    }

    /**
     * @param id that of the registration's key
     * @param ticketKey for tickets that this peer accepts
     * @param place of its address
     * @param uploads what it has to send
     * @param leaseUntil the first instant at which the peer counts as gone
     * @param reachability what the proof of its endpoint came to
     */
    public Peer(PeerId id, Admission admission, TicketKey ticketKey, Place place, Uploads uploads,
            Instant leaseUntil, Reachability reachability) {
        this.id = id;
        this.admission = admission;
        this.endpoint = admission.registration().endpoint();
        this.superNode = admission.superNode();
        this.ticketKey = ticketKey;
        this.place = place;
        this.state = admission.isProved() ? State.GOOD : State.UNPROVED;
        this.reachability = reachability;
        this.reach = Reach.by(admission.isProved() ? admission.addresses() : List.of(admission.seenFrom()));
        this.isLanOnly = !admission.isProved() && admission.registration().endpoint().privateAddress().isPresent();
        this.uploads = uploads;
        this.seed = Sha256.parse(id.value()).first();
        this.leaseUntil = leaseUntil.toEpochMilli();
    }

    public PeerId id() {
        return id;
    }

    public PeerEndpoint endpoint() {
        return endpoint;
    }

    public boolean superNode() {
        return superNode;
    }

    public Admission admission() {
        return admission;
    }

    /** Whether nobody but its own network can reach it. */
    public boolean isLanOnly() {
        return isLanOnly;
    }

    public State state() {
        return state;
    }

    /** What its owner is told of how clients reach it. */
    public Reachability reachability() {
        return reachability;
    }

    /** Takes in what probes, reports and quarantine have made of it. */
    public void turn(State now, Reachability told) {
        reachability = told;
        state = now;
    }

    public TicketKey ticketKey() {
        return ticketKey;
    }

    public Place place() {
        return place;
    }

    /** Not while it stands in a table by its old place. */
    void moveTo(Place other) {
        place = other;
    }

    public Reach reach() {
        return reach;
    }

    public Uploads uploads() {
        return uploads;
    }

    /** The first bits of its id: by chance, but the same everywhere and for ever. */
    public long seed() {
        return seed;
    }

    /** The first 30 bits of its id, which are its first five characters. */
    public int mark() {
        return (int) (seed >>> Long.SIZE - 30);
    }

    public boolean isLive(Instant now) {
        return isLive(now.toEpochMilli());
    }

    /** @param now milliseconds since 1970 */
    public boolean isLive(long now) {
        return now < leaseUntil;
    }

    public Instant leaseUntil() {
        return Instant.ofEpochMilli(leaseUntil);
    }

    void renewUntil(Instant until) {
        leaseUntil = until.toEpochMilli();
    }

    @Override
    public Peer peer() {
        return this;
    }

    @Override
    public boolean holds(int first, int last) {
        return true;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
