package io.fingerpost.agent.serve;

import static java.util.Objects.requireNonNull;

import io.fingerpost.contract.PieceLayout;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;

/**
 * A line to other clients, on which all transfers together keep to a bit rate: within any time t, rate × (t + 50 ms) and one turn.
 *
 * <p>Transfers have their turns one after the other, so that a piece that was asked for first is there first, instead of all being there
 * late. Clients have equal parts of the line, however many transfers each has (start-time fair queueing, Goyal, Vin and Cheng 1996); what is
 * more urgent is sent as if its client had had less so far, which is soon made up for. A transfer whose connection is full does not hold up
 * the others.
 *
 * <p>Safe for use by many threads; turns are on the transfers' own.
 */
public final class Uplink {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
    /** What a byte of a body is on the wire: a full packet has 1,514 with Ethernet's, the IP and the TCP head. */
    private static final double WIRE = 1_514.0 / 1_448;
    /** The response's head, and a packet that is not full. */
    private static final int HEAD = 500;
    private static final long TURN_MILLIS = 50;
    private static final long LARGEST_TURN = 2 << 20;
    /** A turn may come so late without loss to the rate. */
    private static final long CREDIT = TimeUnit.MILLISECONDS.toNanos(50);
    /** For each step of urgency a transfer is sent before others whose clients have had so many turns less. */
    private static final int TURNS_PER_STEP = 2;

    private final LongSupplier nanos;
    private final double nanosPerByte;
    private final long turn;
    /** Who waits for turns, and who has had more than whoever waits. */
    private final Map<InetAddress, Client> clients = new LinkedHashMap<>();
    /** What the client had had that was served last, when it was: whoever comes begins with that. */
    private long served;
    /** When all that was sent has gone over the line. */
    private long freeAt;
    private boolean isBusy;

    /** One body that has to be sent. */
    interface Transfer {
        InetAddress client();

        /** 0, the most urgent, to 7 (RFC 9218 §4.1). */
        int urgency();

        /** Where its turns are. */
        XnioExecutor thread();

        /** Sends at most so many bytes now. */
        Turn turn(long most);
    }

    /** @param wantsMore false if all is sent, or if the transfer will ask again itself when its connection takes more */
    record Turn(long sent, boolean wantsMore) {}

    private static final class Client {
        /** The most urgent first. */
        private final List<Transfer> transfers = new ArrayList<>();
        /** Bytes, counted as if it had always been there. */
        private long had;

        private Client(long had) {
            this.had = had;
        }

        /** Behind those that are as urgent. */
        void add(Transfer transfer) {
            int index = transfers.size();
            while (index > 0 && transfers.get(index - 1).urgency() > transfer.urgency()) {
                index--;
            }
            transfers.add(index, transfer);
        }
    }

    /** Whose turn it is. */
    private record Next(Client client, Transfer transfer) {}

    /** @param bitsPerSecond on the wire, of all transfers together */
    public Uplink(long bitsPerSecond) {
        this(bitsPerSecond, System::nanoTime);
    }

    Uplink(long bitsPerSecond, LongSupplier nanos) {
        this.nanos = nanos;
        this.freeAt = nanos.getAsLong();
        this.nanosPerByte = 8e9 / bitsPerSecond;
        this.turn = Math.clamp(bitsPerSecond / 8_000 * TURN_MILLIS, PieceLayout.MIN_PIECE, LARGEST_TURN);
    }

    /** As fast as the connections take it. */
    public static Uplink unlimited() {
        return new Uplink(Long.MAX_VALUE);
    }

    /** The transfer will have a turn: at once if the line is free, and this is its thread. */
    void await(Transfer transfer) {
        if (enter(transfer)) {
            serve(transfer.thread());
        }
    }

    /** Whether this thread has to serve who is first now. */
    private synchronized boolean enter(Transfer transfer) {
        clients.computeIfAbsent(transfer.client(), _ -> new Client(served)).add(transfer);
        if (isBusy || !transfer.thread().equals(Thread.currentThread())
                || freeAt - nanos.getAsLong() > 0) {
            next();
            return false;
        }
        isBusy = true;
        return true;
    }

    private void next() {
        Next first = isBusy ? null : first(_ -> true);
        if (first == null) {
            return;
        }
        var thread = first.transfer.thread();
        long wait = freeAt - nanos.getAsLong();
        try {
            if (wait > 0) {
                thread.executeAfter(() -> serve(thread), wait, TimeUnit.NANOSECONDS);
            } else {
                thread.execute(() -> serve(thread));
            }
            isBusy = true;
        } catch (RejectedExecutionException e) {
            LOG.debug("the server stops, and with it all that waits for a turn", e);
        }
    }

    /** Who is first of those that {@code can}; null if there is nobody. */
    private @Nullable Next first(Predicate<Transfer> can) {
        Next best = null;
        long least = Long.MAX_VALUE;
        for (Client client : clients.values()) {
            for (Transfer transfer : client.transfers) {
                long had = client.had + turn * TURNS_PER_STEP * transfer.urgency();
                if (had >= least) {
                    break; // and so it is with those that are less urgent
                }
                if (can.test(transfer)) {
                    best = new Next(client, transfer);
                    least = had;
                    break;
                }
            }
        }
        return best;
    }

    /** Who is first on this thread has its turn; somebody more urgent may have come meanwhile. */
    private void serve(XnioExecutor thread) {
        Next next;
        synchronized (this) {
            next = requireNonNull(first(transfer -> transfer.thread().equals(thread)));
            next.client.transfers.remove(next.transfer);
        }
        var taken = new Turn(0, false);
        try {
            taken = next.transfer.turn(turn);
        } finally { // whatever one transfer runs into, the others go on
            account(next.client, next.transfer, taken);
        }
    }

    private synchronized void account(Client client, Transfer transfer, Turn taken) {
        charge(taken.sent);
        served = Math.max(served, client.had);
        client.had += taken.sent;
        if (taken.wantsMore) {
            client.add(transfer);
        }
        clients.values().removeIf(idle -> idle.transfers.isEmpty() && idle.had <= served);
        isBusy = false;
        next();
    }

    private void charge(long sent) {
        if (sent > 0) {
            freeAt = Math.max(freeAt, nanos.getAsLong() - CREDIT) + (long) ((sent * WIRE + HEAD) * nanosPerByte);
        }
    }
}
