package io.fingerpost.registry.swarm;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * Hosts that send one piece after the other, as agents do, or what the next takes when the first is held up by its receiver, and keep
 * who asks for what they do not have yet; and an origin that sends two pieces at a time, as the broker asks for them. In steps of a
 * millisecond of virtual time: what the real swarm makes of them.
 */
final class FluidRig {
    private static final UploadBudget BUDGET = new UploadBudget(20_000_000, 16, 0);
    private static final int PARTS = 10;
    private static final int ORIGIN_AT_A_TIME = 2;
    /** Until a piece is verified, and who waits for it knows. */
    private static final int VERIFYING = 3;

    final List<Host> hosts = new ArrayList<>();
    final Sender origin = Sender.origin();
    final Dispatch dispatch = new Dispatch(origin, 64, SwarmMeters.NONE);
    final Map<Sender, Double> up = new HashMap<>();
    final Map<Sender, Integer> sending = new HashMap<>();
    final List<Transfer> running = new ArrayList<>();
    final List<Transfer> ordered = new ArrayList<>();
    /** Until an order is with who has to fetch, and until the news of a piece is with the registry. */
    final LongSupplier way;
    private final Random random = new Random(1);
    final double down;
    long now;
    double originSent;

    FluidRig(double originUp, double down, LongSupplier way) {
        this.down = down;
        this.way = way;
        up.put(origin, originUp);
    }

    final class Host {
        final Sender sender;
        final Map<Swarm, Member> members = new HashMap<>();
        final Map<Swarm, BitSet> verified = new HashMap<>();
        private final Map<Swarm, Map<Integer, Long>> arrivals = new HashMap<>();
        long doneAt = -1;
        /** Nobody waits for it: it is gone, or lies. */
        boolean isOut;
        boolean isGone;

        Host(int number, double rate) {
            this.sender = Sender.of(peer(number));
            up.put(sender, rate);
        }

        void join(Swarm swarm) {
            verified.put(swarm, new BitSet());
            arrivals.put(swarm, new HashMap<>());
            var member = new Member(swarm, sender, sender.peer(), new BitSet(), true, task -> ordered
                    .add(new Transfer(this, swarm, task, now + way.getAsLong(), swarm.layout().length(task.piece()))),
                    now);
            members.put(swarm, member);
            dispatch.join(member, now);
        }

        /** Nobody hears of it any more, and it says nothing. */
        void vanish() {
            isGone = true;
            isOut = true;
            up.put(sender, 0.0);
            ordered.removeIf(transfer -> transfer.to == this);
            running.stream().filter(transfer -> transfer.to == this)
                    .forEach(transfer -> sending.merge(transfer.task.from(), -1, Integer::sum));
            running.removeIf(transfer -> transfer.to == this);
        }

        /** It is caught lying: what comes from it counts for nothing, and all who fetch from it know. */
        void lie() {
            isOut = true;
            sender.peer().turn(Peer.State.QUARANTINED, Reachability.YES);
            ordered.removeIf(transfer -> transfer.task.from() == sender);
            running.removeIf(transfer -> transfer.task.from() == sender);
            sending.put(sender, 0);
            for (Host host : hosts) {
                host.members.values().forEach(member -> dispatch.failed(member, sender, now));
            }
        }

        /** Whether it can send a piece that it was asked for. */
        private boolean has(Swarm swarm, int piece) {
            Long arrival = arrivals.get(swarm).get(piece);
            return arrival != null && arrival + VERIFYING <= now;
        }

        boolean isDone(Map<Swarm, Integer> pieces) {
            return verified.entrySet().stream()
                    .allMatch(entry -> entry.getValue().cardinality() == pieces.get(entry.getKey()));
        }
    }

    static final class Transfer {
        final Host to;
        final Swarm swarm;
        final Task task;
        long at;
        double left;
        boolean wasAwaited;

        Transfer(Host to, Swarm swarm, Task task, long at, double left) {
            this.to = to;
            this.swarm = swarm;
            this.task = task;
            this.at = at;
            this.left = left;
        }
    }

    void step() {
        now++;
        for (var transfer : List.copyOf(ordered)) {
            if (transfer.at <= now) {
                ordered.remove(transfer);
                if (transfer.to.isGone) {
                    continue;
                }
                if (transfer.left > 0 && !isThere(transfer)) {
                    transfer.wasAwaited = true;
                    ordered.add(transfer);
                } else if (transfer.left > 0) {
                    running.add(transfer);
                    sending.merge(transfer.task.from(), 1, Integer::sum);
                } else {
                    news(transfer);
                }
            }
        }
        for (int part = 0; part < PARTS; part++) {
            send();
        }
    }

    private boolean isThere(Transfer transfer) {
        Sender from = transfer.task.from();
        return from.equals(origin) || hosts.stream().filter(host -> host.sender.equals(from))
                .anyMatch(host -> host.has(transfer.swarm, transfer.task.piece()));
    }

    private void send() {
        var arrived = new ArrayList<Transfer>();
        var lines = new HashMap<Sender, Double>();
        var rooms = new HashMap<Host, Double>();
        int fromOrigin = 0;
        for (var transfer : inOrder()) {
            Sender from = transfer.task.from();
            double line = lines.computeIfAbsent(from, _ -> up.get(from) / PARTS);
            double room = rooms.computeIfAbsent(transfer.to, _ -> down / PARTS);
            double share = line;
            if (from.equals(origin)) {
                share = fromOrigin < ORIGIN_AT_A_TIME
                        ? up.get(from) / PARTS / Math.min(ORIGIN_AT_A_TIME, sending.get(from))
                        : 0;
                fromOrigin++;
            }
            double sent = Math.min(Math.min(share, line), Math.min(room, transfer.left));
            lines.put(from, line - sent);
            rooms.put(transfer.to, room - sent);
            transfer.left -= sent;
            originSent += transfer.task.from().equals(origin) ? sent : 0;
            if (transfer.left <= 0) {
                arrived.add(transfer);
            }
        }
        for (var transfer : arrived) {
            running.remove(transfer);
            sending.merge(transfer.task.from(), -1, Integer::sum);
            transfer.at = now + way.getAsLong();
            ordered.add(transfer);
            transfer.to.verified.get(transfer.swarm).set(transfer.task.piece());
            transfer.to.arrivals.get(transfer.swarm).putIfAbsent(transfer.task.piece(), now);
        }
    }

    /** What each sends: first what was awaited, then as it was asked for; nobody's before the others' at all times. */
    private List<Transfer> inOrder() {
        var bySender = new LinkedHashMap<Sender, List<Transfer>>();
        running.forEach(
                transfer -> bySender.computeIfAbsent(transfer.task.from(), _ -> new ArrayList<>()).add(transfer));
        var senders = new ArrayList<>(bySender.values());
        senders.forEach(list -> list.sort(Comparator.comparing(transfer -> !transfer.wasAwaited)));
        Collections.shuffle(senders, random);
        return senders.stream().flatMap(List::stream).toList();
    }

    private void news(Transfer transfer) {
        var piece = new BitSet();
        piece.set(transfer.task.piece()); // and nothing that has come since it was said
        dispatch.verified(transfer.to.members.get(transfer.swarm),
                PieceSet.of(transfer.swarm.layout().count(), piece), now);
    }

    static Peer peer(int number) {
        var id = new PeerId(Sha256.digestOf(Integer.toString(number).getBytes(StandardCharsets.UTF_8)).base64Url());
        var endpoint = PeerEndpoint
                .parse("http://10." + number / 62_500 + "." + number / 250 % 250 + "." + (number % 250 + 1) + ":8000");
        return new Peer(id, TestAdmissions.of(endpoint, false, Reach.IPV4, BUDGET), TicketKey.derive(new byte[32], id),
                new Place(0, number, 0, 0), new Uploads(BUDGET, 0), Instant.EPOCH.plusSeconds(1_000_000),
                Reachability.YES);
    }

    /** Bytes a millisecond that are left of so many megabits a second, after TCP/IP and the heads of requests. */
    static double goodput(double megabits) {
        return megabits * 1000 / 8 / 1.0456 / 1.006;
    }

    static PieceLayout layout(long size) {
        return new PieceLayout(size);
    }
}
