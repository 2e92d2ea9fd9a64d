package io.fingerpost.agent.serve;

import io.fingerpost.contract.PieceLayout;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.XnioExecutor;

/**
 * A line to other clients, on which all transfers together keep to a bit rate: within any time t, rate × (t + 30 ms) and one turn.
 *
 * <p>Transfers have their turns one after the other, so that a piece that was asked for first is there first, instead of all being there
 * late. Clients have equal parts of the line, however many transfers each has (deficit round robin, Shreedhar and Varghese 1995); what a
 * client waited for goes before the others, as long as that is no more than half of what goes. A transfer whose connection is full does not
 * hold up the others.
 *
 * <p>Safe for use by many threads; turns are on the transfers' own.
 */
public final class Uplink {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
    /** What a byte of a body is on the wire: a full packet has 1,514 with Ethernet's, the IP and the TCP head. */
    private static final double WIRE = 1_514.0 / 1_448;
    /** With each turn: the response's head or a packet that is not full, and what else this machine says meanwhile. */
    private static final int HEAD = 500;
    /** What goes at a time: small, for all else that this machine says waits behind it. */
    private static final long TURN_MILLIS = 16;
    private static final long LEAST_TURN = 16 << 10;
    /** What a client may have before it is another's turn. */
    private static final long SHARE_MILLIS = 50;
    private static final long LARGEST = 2 << 20;
    /** A turn may come so late without loss to the rate. */
    private static final long CREDIT = TimeUnit.MILLISECONDS.toNanos(30);

    private final LongSupplier nanos;
    private final double nanosPerByte;
    private final long turn;
    private final long share;
    private final Map<InetAddress, Client> clients = new HashMap<>();
    private final Deque<Client> ring = new ArrayDeque<>();
    /** When all that was sent has gone over the line. */
    private long freeAt;
    /** What went before the others, less what those have had since. */
    private long ahead;
    private boolean isBusy;

    /** One body that has to be sent. */
    interface Transfer {
        InetAddress client();

        /** Whether its client waited for it until it was there. */
        boolean wasAwaited();

        /** Where its turns are. */
        XnioExecutor thread();

        /** Sends at most so many bytes now. */
        Turn turn(long most);
    }

    /** @param wantsMore false if all is sent, or if the transfer will ask again itself when its connection takes more */
    record Turn(long sent, boolean wantsMore) {}

    /** Who waits for a turn. */
    private final class Client {
        private final InetAddress address;
        private final Deque<Transfer> transfers = new ArrayDeque<>();
        /** Bytes until the next client has its turn; less than none if it has had too many. */
        private long left = share;
        /** What the first of its transfers was sent in a row. */
        private long inARow;

        private Client(InetAddress address) {
            this.address = address;
        }
    }

    /** @param bitsPerSecond on the wire, of all transfers together */
    public Uplink(long bitsPerSecond) {
        this(bitsPerSecond, System::nanoTime);
    }

    Uplink(long bitsPerSecond, LongSupplier nanos) {
        this.nanos = nanos;
        this.freeAt = nanos.getAsLong();
        this.nanosPerByte = 8e9 / bitsPerSecond;
        long bytesPerMilli = bitsPerSecond / 8_000;
        this.turn = Math.clamp(bytesPerMilli * TURN_MILLIS, LEAST_TURN, LARGEST);
        this.share = Math.clamp(bytesPerMilli * SHARE_MILLIS, PieceLayout.MIN_PIECE, LARGEST);
    }

    /** As fast as the connections take it. */
    public static Uplink unlimited() {
        return new Uplink(Long.MAX_VALUE);
    }

    /** The transfer will have a turn: at once if the line is free, and this is its thread. */
    void await(Transfer transfer) {
        if (enter(transfer)) {
            serve();
        }
    }

    /** Whether this thread has to serve who is first now. */
    private synchronized boolean enter(Transfer transfer) {
        Client client = clients.computeIfAbsent(transfer.client(), this::join);
        if (transfer.wasAwaited() && ahead < share) {
            putForward(client, transfer);
        } else {
            client.transfers.addLast(transfer);
        }
        if (isBusy || !transfer.thread().equals(Thread.currentThread())
                || !ring.getFirst().transfers.getFirst().equals(transfer)
                || freeAt - nanos.getAsLong() > 0) {
            next();
            return false;
        }
        isBusy = true;
        return true;
    }

    /** Behind the first, whose turn may have been called, and what is half sent. */
    private void putForward(Client client, Transfer transfer) {
        boolean isFirst = client.equals(ring.getFirst());
        if (isFirst || client.inARow > 0) {
            addSecond(client.transfers, transfer);
        } else {
            client.transfers.addFirst(transfer);
        }
        if (!isFirst) {
            ring.remove(client);
            addSecond(ring, client);
        }
    }

    private static <T> void addSecond(Deque<T> queue, T element) {
        T first = queue.pollFirst();
        queue.addFirst(element);
        if (first != null) {
            queue.addFirst(first);
        }
    }

    private Client join(InetAddress address) {
        var client = new Client(address);
        ring.addLast(client);
        return client;
    }

    private void next() {
        if (isBusy || ring.isEmpty()) {
            return;
        }
        var thread = ring.getFirst().transfers.getFirst().thread();
        long wait = freeAt - nanos.getAsLong();
        try {
            if (wait > 0) {
                thread.executeAfter(this::serve, wait, TimeUnit.NANOSECONDS);
            } else {
                thread.execute(this::serve);
            }
            isBusy = true;
        } catch (RejectedExecutionException e) {
            LOG.debug("the server stops, and with it all that waits for a turn", e);
        }
    }

    /** The first of the first client has its turn. */
    private void serve() {
        Client client;
        Transfer transfer;
        synchronized (this) {
            client = ring.getFirst();
            transfer = client.transfers.removeFirst();
        }
        var taken = new Turn(0, false);
        try {
            taken = transfer.turn(turn);
        } finally { // whatever one transfer runs into, the others go on
            account(client, transfer, taken);
        }
    }

    private synchronized void account(Client client, Transfer transfer, Turn taken) {
        charge(taken.sent);
        ahead = Math.clamp(ahead + (transfer.wasAwaited() ? taken.sent : -taken.sent), 0, 2 * share);
        client.left -= taken.sent;
        if (taken.wantsMore) {
            goOn(client, transfer, taken.sent);
        } else {
            client.inARow = 0;
        }
        goOn(client);
        isBusy = false;
        next();
    }

    private void charge(long sent) {
        if (sent > 0) {
            freeAt = Math.max(freeAt, nanos.getAsLong() - CREDIT) + (long) ((sent * WIRE + HEAD) * nanosPerByte);
        }
    }

    /** The transfer stays before the client's others, so that a piece is there before the next one, until it has had its part. */
    private void goOn(Client client, Transfer transfer, long sent) {
        client.inARow += sent;
        if (client.inARow < share) {
            client.transfers.addFirst(transfer);
        } else {
            client.inARow = 0;
            client.transfers.addLast(transfer);
        }
    }

    /** The first client goes on at once, or behind the others if its part is used up, or has nothing to send. */
    private void goOn(Client client) {
        if (client.transfers.isEmpty()) {
            ring.removeFirst();
            clients.remove(client.address);
        } else if (client.left <= 0) {
            client.left += share;
            ring.addLast(ring.removeFirst());
        }
    }
}
