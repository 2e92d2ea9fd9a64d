package io.fingerpost.broker.choice;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.List;

/**
 * What really goes on at a peer: its uplink is shared alike among the clients that read as fast as it sends, and slower ones get
 * what they can read. It turns nobody away, so that what the broker sent too much shows. Times are milliseconds since 1970.
 */
final class SimulatedPeer {
    private static final double DONE = 1e-3;

    private final Peer peer;
    private final double uplink;
    private final List<Transfer> transfers = new ArrayList<>();
    private double now;
    private double monthEnd = Double.MAX_VALUE;
    private double sent;
    private double sentInLastMonth;
    private double sentThisMonth;

    /** One client. Rates are bytes per millisecond. */
    private static final class Transfer {
        private final double mostRate;
        private double left;
        private double rate;

        Transfer(double bytes, double mostRate) {
            this.left = bytes;
            this.mostRate = mostRate;
        }
    }

    SimulatedPeer(Peer peer, double now) {
        this.peer = peer;
        this.now = now;
        this.uplink = peer.uploads().budget().bitsPerSecond() / 8_000.0;
    }

    Peer peer() {
        return peer;
    }

    UploadBudget budget() {
        return peer.uploads().budget();
    }

    /** Bytes. */
    double sent() {
        return sent;
    }

    double sentThisMonth() {
        return sentThisMonth;
    }

    double sentInLastMonth() {
        return sentInLastMonth;
    }

    int active() {
        return transfers.size();
    }

    double bytesLeft() {
        return transfers.stream().mapToDouble(transfer -> transfer.left).sum();
    }

    void monthEndsAt(double end) {
        monthEnd = end;
    }

    /** @param mostRate that the client reads, in bytes per millisecond */
    void begin(double time, double bytes, double mostRate) {
        advanceTo(time);
        transfers.add(new Transfer(bytes, mostRate));
        share();
    }

    UploadReport report(double time) {
        advanceTo(time);
        return new UploadReport(Math.min(transfers.size(), UploadBudget.MAX_SLOTS), (long) bytesLeft(),
                (long) sentThisMonth);
    }

    void advanceTo(double time) {
        while (now < time) {
            double step = Math.min(nextEnd(), Math.min(monthEnd, time)) - now;
            send(Math.max(step, 0));
            if (now >= monthEnd) {
                monthEnd = Double.MAX_VALUE;
                sentInLastMonth = sentThisMonth;
                sentThisMonth = 0;
            }
        }
    }

    private double nextEnd() {
        double next = Double.MAX_VALUE;
        for (Transfer transfer : transfers) {
            next = Math.min(next, now + transfer.left / transfer.rate);
        }
        return next;
    }

    private void send(double millis) {
        now += millis;
        boolean ended = false;
        for (Transfer transfer : transfers) {
            double bytes = Math.min(transfer.left, transfer.rate * millis);
            transfer.left -= bytes;
            sent += bytes;
            sentThisMonth += bytes;
            // What takes less than the clock can tell apart is done, or time would stand still.
            ended |= transfer.left <= DONE * transfer.rate;
        }
        if (ended) {
            transfers.removeIf(transfer -> transfer.left <= DONE * transfer.rate);
            share();
        }
    }

    /** Whoever reads less than an equal share leaves the rest to the others. */
    private void share() {
        double free = uplink;
        int open = transfers.size();
        transfers.forEach(transfer -> transfer.rate = 0);
        for (boolean changed = true; changed && open > 0;) {
            changed = false;
            double share = free / open;
            for (Transfer transfer : transfers) {
                if (transfer.rate == 0 && transfer.mostRate <= share) {
                    transfer.rate = transfer.mostRate;
                    free -= transfer.mostRate;
                    open--;
                    changed = true;
                }
            }
        }
        for (Transfer transfer : transfers) {
            if (transfer.rate == 0) {
                transfer.rate = free / open;
            }
        }
    }
}
