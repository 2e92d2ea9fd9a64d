package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.time.Instant;

/** An admitted peer: what was said of it then, and what changes while its lease runs. Safe for use by many threads. */
public final class Peer implements Holder {
    private final PeerId id;
    private final PeerEndpoint endpoint;
    private final boolean superNode;
    private final Sha256 secretHash;
    private final TicketKey ticketKey;
    private final InetAddress address;
    private volatile Place place;
    private final Reach reach;
    private final Uploads uploads;
    private final long seed;
    private volatile long leaseUntil;

    /**
     * @param endpoint proved to be the peer's own
     * @param superNode whether the operator vouches for it
     * @param secretHash of the lease's bearer secret, which itself is not kept
     * @param ticketKey for tickets that this peer accepts
     * @param address of its endpoint
     * @param place of that address
     * @param reach by which versions of the Internet Protocol
     * @param uploads what it has to send
     * @param leaseUntil the first instant at which the peer counts as gone
     */
    public Peer(PeerId id, PeerEndpoint endpoint, boolean superNode, Sha256 secretHash, TicketKey ticketKey,
            InetAddress address, Place place, Reach reach, Uploads uploads, Instant leaseUntil) {
        this.id = id;
        this.endpoint = endpoint;
        this.superNode = superNode;
        this.secretHash = secretHash;
        this.ticketKey = ticketKey;
        this.address = address;
        this.place = place;
        this.reach = reach;
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

    public Sha256 secretHash() {
        return secretHash;
    }

    public TicketKey ticketKey() {
        return ticketKey;
    }

    public Place place() {
        return place;
    }

    InetAddress address() {
        return address;
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
