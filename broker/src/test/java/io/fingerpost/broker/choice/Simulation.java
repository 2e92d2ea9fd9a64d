package io.fingerpost.broker.choice;

import io.fingerpost.broker.choice.Scenario.Client;
import io.fingerpost.broker.choice.Scenario.File;
import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Sends clients to peers as the broker does, and lets these serve them, in virtual time. Clients come by chance, one in a hundred of
 * those that are sent to a peer never gets there, and the others after {@link #CONNECT_MILLIS}.
 */
final class Simulation {
    private static final double CONNECT_MILLIS = 50;
    private static final double REPORT_MILLIS = 10_000;
    static final double WINDOW_MILLIS = 600_000;
    /** So many peers may join later. */
    static final int NEWCOMERS = 60;

    private final Scenario scenario;
    private final RandomGenerator random;
    private final double perMilli;
    private final double start;
    final List<SimulatedPeer> peers = new ArrayList<>();
    final Map<Peer, Integer> numbers = new HashMap<>();
    private final Queue<Arrival> arrivals = new ArrayDeque<>();
    private double now;
    private double nextReport;
    private int reporter;

    /** What was sent to whom, in bytes, by the broker's own count. */
    final double[] charged;
    final double[] chargedInWindow;
    double mostInWindow;
    private double windowEnd;
    /** What one owner for each file, whichever peer comes first for it by rendezvous, would have to send. */
    final double[] ownerBytes;
    final int[] ownerRequests;
    final Map<Tier, Integer> tiers = new EnumMap<>(Tier.class);
    int requests;
    int few;
    int served;
    /** Could have been served by somebody nearer than anywhere. */
    int servableNearby;
    /** Of these, those that were in the nearest tier that could. */
    int servedNearest;
    int lostToOthers;
    int arrived;
    int arrivedBeyondSlots;
    int mostBeyondSlots;
    double mostBacklogSeconds;
    double allBytes;

    private record Arrival(double time, SimulatedPeer peer, long bytes, double rate) {}

    Simulation(Scenario scenario, long seed) {
        this.scenario = scenario;
        this.random = new SplittableRandom(seed);
        this.perMilli = scenario.requestsPerMilli();
        this.start = scenario.clock.millis();
        this.now = start;
        this.nextReport = start;
        this.windowEnd = start + WINDOW_MILLIS;
        for (Peer peer : scenario.peers) {
            add(peer);
        }
        charged = new double[peers.size() + NEWCOMERS];
        chargedInWindow = new double[peers.size() + NEWCOMERS];
        ownerBytes = new double[Scenario.PEERS];
        ownerRequests = new int[Scenario.PEERS];
    }

    /** A peer that was not there at the start. */
    void join(Peer peer) {
        add(peer);
    }

    private void add(Peer peer) {
        var simulated = new SimulatedPeer(peer, now);
        simulated.monthEndsAt(Scenario.MONTH_END.toEpochMilli());
        numbers.put(peer, peers.size());
        peers.add(simulated);
    }

    void run(int count) {
        for (int i = 0; i < count; i++) {
            now += -Math.log1p(-random.nextDouble()) / perMilli;
            catchUp();
            scenario.clock.advance(Duration.ofMillis((long) now - scenario.clock.millis()));
            request(scenario.files.get(scenario.popularity.draw(random)),
                    scenario.clients.get(random.nextInt(scenario.clients.size())));
        }
    }

    void runFor(Duration time) {
        double end = now + time.toMillis();
        while (now < end) {
            run(1);
        }
    }

    /** Lets the peers send the rest. */
    void finish() {
        arrivals.forEach(arrival -> arrival.peer.begin(arrival.time, arrival.bytes, arrival.rate));
        arrivals.clear();
        peers.forEach(peer -> peer.advanceTo(now + 24 * 3_600_000.0));
    }

    private void catchUp() {
        while (!arrivals.isEmpty() && arrivals.peek().time <= now || nextReport <= now) {
            Arrival arrival = arrivals.peek();
            if (arrival != null && arrival.time <= nextReport) {
                begin(arrivals.remove());
            } else {
                SimulatedPeer peer = peers.get(reporter);
                peer.peer().uploads().report(peer.report(nextReport), (long) nextReport);
                mostBacklogSeconds = Math.max(mostBacklogSeconds,
                        peer.bytesLeft() * 8 / peer.budget().bitsPerSecond());
                reporter = (reporter + 1) % peers.size();
                nextReport += REPORT_MILLIS / peers.size();
            }
        }
        if (now >= windowEnd) {
            endWindow();
        }
    }

    private void begin(Arrival arrival) {
        arrival.peer.begin(arrival.time, arrival.bytes, arrival.rate);
        arrived++;
        int beyond = arrival.peer.active() - arrival.peer.budget().slots();
        if (beyond > 0) {
            arrivedBeyondSlots++;
            mostBeyondSlots = Math.max(mostBeyondSlots, beyond);
        }
    }

    private void endWindow() {
        windowEnd += WINDOW_MILLIS;
        for (int i = 0; i < peers.size(); i++) {
            double carries = peers.get(i).budget().bitsPerSecond() / 8_000.0 * WINDOW_MILLIS;
            mostInWindow = Math.max(mostInWindow, chargedInWindow[i] / carries);
            chargedInWindow[i] = 0;
        }
    }

    private void request(File file, Client client) {
        requests++;
        own(file);
        Wanted wanted = scenario.wanted(file, client);
        Holders holders = scenario.store.holders(file.digest());
        few += holders.all() == null ? 0 : 1;
        var chosen = scenario.choice.choose(wanted, holders, (long) now, null).peers();
        if (chosen.isEmpty()) {
            int nearest = nearest(holders, wanted, Integer.MAX_VALUE);
            lostToOthers += nearest == Integer.MAX_VALUE ? 0 : 1;
            servableNearby += nearest < Tier.ANYWHERE.distance() ? 1 : 0;
            scenario.shares.noteNobody(client.place());
            return;
        }
        Peer peer = chosen.getFirst();
        Tier tier = client.place().tierTo(peer.place());
        served++;
        int nearest = nearest(holders, wanted, tier.distance());
        if (nearest < Tier.ANYWHERE.distance()) {
            servableNearby++;
            servedNearest += tier.distance() == nearest ? 1 : 0;
        }
        tiers.merge(tier, 1, Integer::sum);
        send(peer, file, client);
    }

    private void send(Peer peer, File file, Client client) {
        if (!scenario.registry.charge(peer, file.bytes(), (long) now)) {
            throw new AssertionError("a peer was chosen that has no room");
        }
        scenario.shares.note(peer, client.place());
        int number = numbers.get(peer);
        charged[number] += file.bytes();
        chargedInWindow[number] += file.bytes();
        allBytes += file.bytes();
        if (random.nextInt(100) != 0) {
            arrivals.add(new Arrival((long) now + CONNECT_MILLIS, peers.get(number), file.bytes(), client.rate()));
        }
    }

    private void own(File file) {
        int owner = Math.floorMod((int) (file.digest().second() >>> 1), Scenario.PEERS);
        ownerBytes[owner] += file.bytes();
        ownerRequests[owner]++;
    }

    /** Looks at every holder: the distance of the nearest that could serve, if it is less than {@code distance}. */
    private int nearest(Holders holders, Wanted wanted, int distance) {
        int[] least = {distance};
        holders.live(scenario.clock.instant(), holder -> {
            Peer peer = holder.peer();
            Tier tier = wanted.place().tierTo(peer.place());
            if (tier.distance() < least[0] && isEligible(peer, tier, wanted)) {
                least[0] = tier.distance();
            }
        });
        return least[0];
    }

    private boolean isEligible(Peer peer, Tier tier, Wanted wanted) {
        return peer.isLive((long) now) && peer.uploads().hasRoom(wanted.bytes(), (long) now)
                && (tier == Tier.LOCAL || !scenario.shares.hasSeenEnough(peer, wanted.place()));
    }
}
