package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.store.Peer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What one process tells all others; whoever misses it finds out later by itself. */
sealed interface News {
    /** One byte for the kind stands before the rest. */
    byte[] bytes();

    /** Of a peer, of what is held against one, or of a resource. */
    record Changed(Change change) implements News {
        @Override
        public byte[] bytes() {
            byte[] encoded = Codec.encode(change);
            return ByteBuffer.allocate(1 + encoded.length).put((byte) 1).put(encoded).array();
        }
    }

    /**
     * A peer's lease has ended.
     *
     * @param mark which of its leases
     */
    record Gone(PeerId id, int mark) implements News {
        @Override
        public byte[] bytes() {
            return ByteBuffer.allocate(1 + Sha256.LENGTH + Integer.BYTES).put((byte) 5).put(Keys.raw(id)).putInt(mark)
                    .array();
        }
    }

    /** Probes have made something else of a peer. */
    record Turned(PeerId id, Peer.State state) implements News {
        @Override
        public byte[] bytes() {
            return ByteBuffer.allocate(2 + Sha256.LENGTH).put((byte) 2).put(StateCode.of(state)).put(Keys.raw(id))
                    .array();
        }
    }

    /** Clients were sent to peers. */
    record Charged(List<Charge> charges) implements News {
        private static final int EACH = Sha256.LENGTH + Long.BYTES;

        public Charged {
            charges = List.copyOf(charges);
        }

        @Override
        public byte[] bytes() {
            var out = ByteBuffer.allocate(1 + charges.size() * EACH).put((byte) 3);
            charges.forEach(each -> out.put(Keys.raw(each.id)).putLong(each.bytes));
            return out.array();
        }
    }

    /**
     * One client that was sent to a peer, just now.
     *
     * @param bytes that it is to get
     */
    record Charge(PeerId id, long bytes) {}

    /** What a peer said of its uploads. */
    record Reported(PeerId id, UploadReport report) implements News {
        @Override
        public byte[] bytes() {
            return ByteBuffer.allocate(1 + Sha256.LENGTH + Integer.BYTES + 2 * Long.BYTES).put((byte) 4)
                    .put(Keys.raw(id)).putInt(report.active()).putLong(report.bytesLeft())
                    .putLong(report.servedThisMonth()).array();
        }
    }

    /** @throws IllegalArgumentException if these are no news */
    static News parse(ByteBuffer in) {
        try {
            return switch (in.get()) {
                case 1 -> new Changed(Codec.decode(in));
                case 2 -> turned(StateCode.parse(in.get()), in);
                case 3 -> charged(in);
                case 4 -> new Reported(id(in), new UploadReport(in.getInt(), in.getLong(), in.getLong()));
                case 5 -> new Gone(id(in), in.getInt());
                default -> throw new IllegalArgumentException("no such kind of news");
            };
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("news that are cut short", e);
        }
    }

    private static Turned turned(Peer.State state, ByteBuffer in) {
        return new Turned(id(in), state);
    }

    private static Charged charged(ByteBuffer in) {
        var charges = new ArrayList<Charge>();
        while (in.hasRemaining()) {
            charges.add(new Charge(id(in), in.getLong()));
        }
        return new Charged(charges);
    }

    private static PeerId id(ByteBuffer in) {
        return new PeerId(Sha256.read(in).base64Url());
    }
}
