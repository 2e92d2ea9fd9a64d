package io.fingerpost.registry.swarm;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Peers that come and go, each fetching a few objects by their popularity and serving them for a while: what the real {@link Dispatch}
 * makes of it, in virtual time. Each uplink sends one piece after the other.
 */
final class CrowdSimulation {
    private static final int OBJECTS = 1_000;
    private static final int FETCHES = 4;
    /** Holders that are brought in for each who joins, as {@link Swarms} does. */
    private static final int SEEDS = 8;
    private static final double PEER_RATE = 2_500;
    private static final double ORIGIN_RATE = 125_000;
    private static final long WAY = 20;
    private static final long TICK = 200;
    private static final long BETWEEN_FETCHES = 5_000;

    private final Random random;
    private final int peers;
    /** Milliseconds between two arrivals, and for which a peer stays after its last fetch has begun; both on average. */
    private final double gap;
    private final double stay;
    private final Sender origin = Sender.origin();
    private final Dispatch dispatch = new Dispatch(origin, 256, SwarmMeters.NONE);
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    /** When each line is free again; of those who are gone there is nothing. */
    private final Map<Sender, Double> freeAt = new HashMap<>();
    private final CrowdObject[] objects = new CrowdObject[OBJECTS];
    private final double[] popularity = new double[OBJECTS];
    private long sequence;
    private long now;
    private int present;
    private int arrived;
    private long fromPeers;
    private long fromOrigin;
    private long couldComeFromPeers;

    /**
     * @param fromPeers bytes
     * @param fromOrigin bytes
     * @param possible bytes of pieces that somebody else had when they were first given to anybody
     */
    record Result(long fromPeers, long fromOrigin, long possible, long millis) {
        double offload() {
            return (double) fromPeers / (fromPeers + fromOrigin);
        }

        double limit() {
            return (double) possible / (fromPeers + fromOrigin);
        }
    }

    private record Event(long at, long sequence, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(sequence, other.sequence);
        }
    }

    CrowdSimulation(int peers, double gap, double stay, long seed) {
        this.peers = peers;
        this.gap = gap;
        this.stay = stay;
        this.random = new Random(seed);
        double sum = 0;
        for (int i = 0; i < OBJECTS; i++) {
            objects[i] = new CrowdObject(i, 4 + random.nextInt(29));
            sum += 1.0 / (i + 1);
            popularity[i] = sum;
        }
    }

    private void at(double when, Runnable what) {
        events.add(new Event(Math.max(now, (long) Math.ceil(when)), sequence++, what));
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }

    /** Its swarm while somebody fetches it, and who holds it. */
    private final class CrowdObject {
        final Sha256 digest;
        final int pieces;
        final List<CrowdPeer> holders = new ArrayList<>();
        final Map<CrowdPeer, Member> members = new LinkedHashMap<>();
        /** How many who are present have each piece. */
        final int[] copies;
        Swarm swarm;

        CrowdObject(int number, int pieces) {
            this.digest = Sha256.digestOf(ByteBuffer.allocate(4).putInt(number).array());
            this.pieces = pieces;
            this.copies = new int[pieces];
            this.swarm = anew();
        }

        private Swarm anew() {
            return new Swarm(digest, FluidRig.layout(pieces * 65_536L), 32, random);
        }

        void fetch(CrowdPeer peer) {
            for (int i = 0; i < SEEDS && !holders.isEmpty(); i++) {
                var seed = holders.get(random.nextInt(holders.size()));
                if (!members.containsKey(seed)) {
                    join(seed, false);
                }
            }
            peer.have.put(this, new BitSet());
            join(peer, true);
        }

        private void join(CrowdPeer peer, boolean fetches) {
            var member = new Member(swarm, peer.sender, peer.sender.peer(), (BitSet) peer.have.get(this).clone(),
                    fetches,
                    task -> told(this, peer, task), now);
            members.put(peer, member);
            dispatch.join(member, now);
        }

        void leave(CrowdPeer peer) {
            var member = members.remove(peer);
            if (member != null) {
                dispatch.leave(member, now);
                endIfIdle();
            }
        }

        void endIfIdle() {
            if (swarm.isIdle() && !members.isEmpty()) {
                for (Member member : List.copyOf(members.values())) {
                    dispatch.leave(member, now);
                }
                members.clear();
            }
            if (members.isEmpty()) {
                swarm = anew();
            }
        }
    }

    private final class CrowdPeer {
        final Sender sender;
        final Map<CrowdObject, BitSet> have = new LinkedHashMap<>();
        int fetching;
        boolean wantsToLeave;
        boolean gone;

        CrowdPeer(int number) {
            sender = Sender.of(FluidRig.peer(number));
        }

        void begin() {
            double next = now;
            for (int i = 0; i < FETCHES; i++) {
                at(next, this::fetchOne);
                next += exponential(BETWEEN_FETCHES);
            }
            at(next + exponential(stay), () -> {
                wantsToLeave = true;
                leaveIfDone();
            });
        }

        private void fetchOne() {
            int drawn = Arrays.binarySearch(popularity, random.nextDouble() * popularity[OBJECTS - 1]);
            var object = objects[Math.min(OBJECTS - 1, drawn < 0 ? -drawn - 1 : drawn)];
            if (!have.containsKey(object)) {
                fetching++;
                object.fetch(this);
            }
        }

        void leaveIfDone() {
            if (wantsToLeave && fetching == 0 && !gone) {
                gone = true;
                present--;
                freeAt.remove(sender);
                have.forEach((object, pieces) -> {
                    pieces.stream().forEach(piece -> object.copies[piece]--);
                    object.holders.remove(this);
                    object.leave(this);
                });
            }
        }
    }

    private void told(CrowdObject object, CrowdPeer to, Task task) {
        int bytes = object.swarm.layout().length(task.piece());
        double rate = task.from().isOrigin() ? ORIGIN_RATE : PEER_RATE;
        double end = Math.max(freeAt.getOrDefault(task.from(), 0.0), now + WAY) + bytes / rate;
        freeAt.put(task.from(), end);
        boolean possible = object.copies[task.piece()] > 0;
        at(end + WAY, () -> arrive(object, to, task, possible));
    }

    private void arrive(CrowdObject object, CrowdPeer to, Task task, boolean possible) {
        var member = object.members.get(to);
        var have = to.have.get(object);
        if (to.gone || member != task.to() || have == null || !freeAt.containsKey(task.from())) {
            return;
        }
        int bytes = object.swarm.layout().length(task.piece());
        fromOrigin += task.from().isOrigin() ? bytes : 0; // what comes twice is paid twice
        if (have.get(task.piece())) {
            return;
        }
        fromPeers += task.from().isOrigin() ? 0 : bytes;
        couldComeFromPeers += possible ? bytes : 0;
        have.set(task.piece());
        object.copies[task.piece()]++;
        dispatch.verified(member, PieceSet.of(object.pieces, have), now);
        if (have.cardinality() == object.pieces) {
            object.holders.add(to);
            to.fetching--;
            object.endIfIdle();
            to.leaveIfDone();
        }
    }

    private void arriveNext() {
        new CrowdPeer(arrived++).begin();
        present++;
        if (arrived < peers) {
            at(now + exponential(gap), this::arriveNext);
        }
    }

    private void tick() {
        dispatch.tick(now);
        if (present > 0 || arrived < peers) {
            at(now + TICK, this::tick);
        }
    }

    Result run() {
        at(0, this::arriveNext);
        at(TICK, this::tick);
        while (!events.isEmpty()) {
            var event = events.remove();
            now = event.at;
            event.what.run();
        }
        return new Result(fromPeers, fromOrigin, couldComeFromPeers, now);
    }
}
