package io.fingerpost.registry.swarm;

import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who can be told to send: a peer, or the origin. What it has under way counts over all swarms. */
final class Sender {
    /** The origin's line must never fall silent: everybody waits for it. */
    private static final double ORIGIN_PIECES = 10;
    private static final long ORIGIN_MOMENT = 270;
    /** What waits in one peer's line cannot be given to another. */
    private static final double PEER_PIECES = 5;
    private static final long PEER_MOMENT = 130;
    /** One from whom nothing comes is tried again after so many milliseconds. */
    private static final long SILENCE = 10_000;
    /** Who was heard so many milliseconds ago, or fewer, is there. */
    private static final long RECENT = 500;
    /** Over how many milliseconds it is measured how much it gets. */
    private static final double INBOUND_WINDOW = 5_000;

    private final @Nullable Peer peer;
    private final Flow flow;
    private final List<Member> members = new ArrayList<>();
    private int nextMember;
    private long lastHeard = -RECENT - 1;
    private long silentUntil;
    private long lastGain;
    /** Bytes a millisecond that it gets. */
    private double inbound;
    private long awaited;

    private Sender(@Nullable Peer peer, Flow flow) {
        this.peer = peer;
        this.flow = flow;
    }

    static Sender origin() {
        return new Sender(null, new Flow(ORIGIN_PIECES, ORIGIN_MOMENT));
    }

    static Sender of(Peer peer) {
        return new Sender(peer, new Flow(PEER_PIECES, PEER_MOMENT));
    }

    boolean isOrigin() {
        return peer == null;
    }

    /** Its parts in all swarms. */
    List<Member> members() {
        return members;
    }

    /** Some of them, others each time if they are more than so many. */
    List<Member> nextMembers(int most) {
        if (members.size() <= most) {
            return List.copyOf(members);
        }
        var next = new ArrayList<Member>();
        for (int i = 0; i < most; i++) {
            nextMember = (nextMember + 1) % members.size();
            next.add(members.get(nextMember));
        }
        return next;
    }

    /** Null for the origin. */
    @Nullable
    Peer peer() {
        return peer;
    }

    Flow flow() {
        return flow;
    }

    /** It has sent something, or said something itself: it is there. */
    void heard(long now) {
        lastHeard = now;
        silentUntil = 0;
    }

    /** It has verified so many bytes. */
    void gained(long bytes, long now) {
        inbound = inbound * Math.exp((lastGain - now) / INBOUND_WINDOW) + bytes / INBOUND_WINDOW;
        lastGain = now;
        heard(now);
    }

    /** So many bytes more, or fewer, are on their way to it. */
    void awaits(long bytes) {
        awaited += bytes;
    }

    /** Bytes that are on their way to it. */
    long awaited() {
        return awaited;
    }

    /** In how many milliseconds so many bytes should be with it, at a third of what it gets; infinite if that is nothing. */
    double arrival(long bytes) {
        return bytes / (inbound / 3);
    }

    /** When it got something last, of whatever it fetches. */
    long lastGain() {
        return lastGain;
    }

    boolean wasHeard(long now) {
        return now - lastHeard <= RECENT;
    }

    void arrived(Flow.Mark mark, long now) {
        flow.arrived(mark, now);
        heard(now);
    }

    /** When something was heard of it last, or long ago. */
    long lastHeard() {
        return lastHeard;
    }

    /** Somebody who is there waits for it in vain. */
    void silent(long now) {
        silentUntil = isOrigin() ? 0 : now + SILENCE;
    }

    /** Whether it is gone, as far as can be told. */
    boolean isSilent(long now) {
        return now < silentUntil;
    }

    /** Whether {@code to} can reach it, and it may serve at all. */
    boolean serves(Peer to, long now) {
        return peer == null || !peer.equals(to) && passesOn(now) && peer.reach().meets(to.reach())
                && (peer.state() == Peer.State.GOOD || peer.place().tierTo(to.place()) == Tier.LOCAL);
    }

    /** Whether anybody can reach it; of one that only its own network reaches that is not known. */
    boolean passesOn(long now) {
        return peer == null || !isSilent(now) && peer.isLive(now) && switch (peer.state()) {
            case GOOD -> true;
            case UNPROVED -> peer.isLanOnly();
            case DOWN, QUARANTINED -> false;
        };
    }

    /** Charges what it is to send; false if its budget has no room. */
    boolean charge(long bytes, long now) {
        return peer == null || peer.uploads().add(bytes, now);
    }

    /** How far it is: as tiers count, the origin farthest. */
    int distanceTo(Peer to) {
        return peer == null ? Tier.ANYWHERE.distance() + 1 : peer.place().tierTo(to.place()).distance();
    }

    boolean hasRoom(long bytes, long now) {
        return flow.hasRoom(bytes) && (peer == null || peer.uploads().hasQuota(bytes, now));
    }
}
