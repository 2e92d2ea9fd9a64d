package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.upload.Uploads;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An admitted peer: what was said of it then, and what changes while its lease runs. Safe for use by many threads. */
public final class Peer implements Holder {
    private final PeerId id;
    private final Admission admission;
    private final PeerEndpoint endpoint;
    /** By family and wish for TLS, for whoever asks for it in a decision; null where there is none. */
    private final @Nullable PeerEndpoint[] byAudience = new PeerEndpoint[4];
    /** For which of these there is one, a bit for each: a decision looks at many peers, and takes the endpoint of one. */
    private final int audiences;
    private final boolean superNode;
    private final TicketKey ticketKey;
    private final Reach reach;
    private final Uploads uploads;
    private final boolean isLanOnly;
    private final long seed;
    private volatile Place place;
    private volatile State state;
    private final Reachability reachabilityAtBest;
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
        var routes = admission.isProved() ? admission.routes() : List.of(unproved(admission));
        this.endpoint = routes.getFirst().endpoint();
        for (Route route : routes) {
            add(route, true);
            add(route, false);
        }
        this.audiences = audiences(byAudience);
        this.superNode = admission.superNode();
        this.ticketKey = ticketKey;
        this.place = place;
        this.state = admission.isProved() ? State.GOOD : State.UNPROVED;
        this.reachabilityAtBest = reachability;
        this.reachability = reachability;
        this.reach = Reach.by(routes.stream().flatMap(route -> route.addresses().stream()).toList());
        this.isLanOnly = !admission.isProved() && endpoint.privateAddress().isPresent();
        this.uploads = uploads;
        this.seed = Sha256.parse(id.value()).first();
        this.leaseUntil = leaseUntil.toEpochMilli();
    }

    /** One that proved nothing can at best be reached by its neighbours, where it says that it is in their network. */
    private static Route unproved(Admission admission) {
        var endpoints = admission.registration().endpoints();
        var endpoint = endpoints.stream().filter(its -> its.privateAddress().isPresent()).findFirst()
                .orElse(endpoints.getFirst());
        return new Route(endpoint, List.of(admission.seenFrom()));
    }

    private void add(Route route, boolean ipv6) {
        if (!route.reach().from(ipv6)) {
            return;
        }
        int any = audience(ipv6, false);
        byAudience[any] = byAudience[any] == null ? route.endpoint() : byAudience[any];
        int tls = audience(ipv6, true);
        byAudience[tls] = byAudience[tls] == null && route.hasTls() ? route.endpoint() : byAudience[tls];
    }

    private static int audiences(@Nullable PeerEndpoint[] byAudience) {
        int bits = 0;
        for (int i = 0; i < byAudience.length; i++) {
            bits |= byAudience[i] == null ? 0 : 1 << i;
        }
        return bits;
    }

    private static int audience(boolean ipv6, boolean tlsOnly) {
        return (ipv6 ? 2 : 0) + (tlsOnly ? 1 : 0);
    }

    public PeerId id() {
        return id;
    }

    /** Its first endpoint, by which it is told from others. */
    public PeerEndpoint endpoint() {
        return endpoint;
    }

    /** Whether a client that has come by IPv6, or else by IPv4, can reach it, for all that is known. */
    public boolean isReachable(boolean ipv6, boolean tlsOnly) {
        return (audiences >> audience(ipv6, tlsOnly) & 1) == 1;
    }

    /** Where such a client reaches it. */
    public PeerEndpoint endpointFor(boolean ipv6, boolean tlsOnly) {
        PeerEndpoint suitable = byAudience[audience(ipv6, tlsOnly)];
        return suitable == null ? endpoint : suitable;
    }

    /** Where another peer reaches it, by a version of the Internet Protocol that both have. */
    public PeerEndpoint endpointFor(Peer other) {
        return other.reach == Reach.BOTH ? endpoint : endpointFor(other.reach == Reach.IPV6, false);
    }

    /** Whether it has an endpoint with TLS. */
    public boolean hasTls() {
        return isReachable(false, true) || isReachable(true, true);
    }

    /** Whether clients may have met it there. */
    public boolean isAt(PeerEndpoint place) {
        return place.equals(endpoint) || Arrays.asList(byAudience).contains(place);
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

    /** The same while all its routes answer: what became of its endpoints when it registered. */
    public Reachability reachabilityAtBest() {
        return reachabilityAtBest;
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
