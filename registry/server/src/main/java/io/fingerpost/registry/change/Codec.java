package io.fingerpost.registry.change;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Admission;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes as bytes: one byte for their kind, then their components in order. A change of this is a new layout of all that keeps them. */
public final class Codec {
    private Codec() {}

    public static byte[] encode(Change change) {
        var out = new Out();
        switch (change) {
            case Change.Admitted(var id, var admission) -> out.kind(1).id(id).admission(admission);
            case Change.Told(var id, var update) -> out.kind(2).id(id).raw(update.bytes());
            case Change.Removed(var id) -> out.kind(3).id(id);
            case Change.Used(var id, var bytes, var at) -> out.kind(4).id(id).number(bytes).instant(at);
            case Change.Judged(var id, var standing) -> out.kind(5).id(id).standing(standing);
            case Change.Learned(var resource, var representation, var freshUntil, var ambiguous) -> out.kind(6)
                    .resource(resource).representation(representation).instant(freshUntil).flag(ambiguous);
            case Change.Confirmed(var resource, var digest, var freshUntil) -> out.kind(7).resource(resource)
                    .digest(digest).instant(freshUntil);
            case Change.Forgotten(var resource) -> out.kind(8).resource(resource);
            case Change.AllStale() -> out.kind(10);
            case Change.Ruled(var rules) -> out.kind(11).digest(rules);
            case Change.Ended() -> out.kind(12);
            case Change.Numbered(var id, var number, var holdings) ->
                out.kind(13).id(id).number(number).number(holdings);
            case Change.Rows(var rows) -> out.kind(14).rows(rows);
        }
        return out.bytes.toByteArray();
    }

    public static byte[] bytes(ResourceId resource) {
        return new Out().resource(resource).bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if {@code bytes} are no change */
    public static Change decode(ByteBuffer bytes) {
        try {
            var in = new In(bytes);
            Change change = switch (in.bytes.get()) {
                case 1 -> new Change.Admitted(in.id(), in.admission());
                case 2 -> new Change.Told(in.id(), HoldingsUpdate.parse(in.rest()));
                case 3 -> new Change.Removed(in.id());
                case 4 -> new Change.Used(in.id(), in.number(), in.instant());
                case 5 -> new Change.Judged(in.id(), in.standing());
                case 6 -> new Change.Learned(in.resource(), in.representation(), in.instant(), in.flag());
                case 7 -> new Change.Confirmed(in.resource(), in.digest(), in.instant());
                case 8 -> new Change.Forgotten(in.resource());
                case 10 -> new Change.AllStale();
                case 11 -> new Change.Ruled(in.digest());
                case 12 -> new Change.Ended();
                case 13 -> new Change.Numbered(in.id(), (int) in.number(), (int) in.number());
                case 14 -> new Change.Rows(in.rows());
                default -> throw new IllegalArgumentException("no such kind of change");
            };
            if (bytes.hasRemaining()) {
                throw new IllegalArgumentException("a change is longer than it should be");
            }
            return change;
        } catch (BufferUnderflowException | IndexOutOfBoundsException | DateTimeException | UnknownHostException e) {
            throw new IllegalArgumentException("a change is not as it should be", e);
        }
    }

    private static final class Out {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        private final DataOutputStream out = new DataOutputStream(bytes);

        private interface Write {
            void to(DataOutputStream out) throws IOException;
        }

        private Out put(Write write) {
            try {
                write.to(out);
                return this;
            } catch (IOException e) {
                throw new IllegalStateException("memory takes it all", e);
            }
        }

        Out kind(int kind) {
            return put(to -> to.writeByte(kind));
        }

        Out raw(byte[] value) {
            return put(to -> to.write(value));
        }

        Out block(byte[] value) {
            return put(to -> {
                to.writeInt(value.length);
                to.write(value);
            });
        }

        Out text(String value) {
            return block(value.getBytes(StandardCharsets.UTF_8));
        }

        Out number(long value) {
            return put(to -> to.writeLong(value));
        }

        Out flag(boolean value) {
            return put(to -> to.writeBoolean(value));
        }

        Out digest(Sha256 value) {
            return raw(value.bytes());
        }

        Out id(PeerId value) {
            return digest(Sha256.parse(value.value()));
        }

        Out instant(Instant value) {
            return number(value.getEpochSecond()).number(value.getNano());
        }

        Out admission(Admission value) {
            Registration registration = value.registration();
            UploadBudget budget = registration.budget();
            UploadReport uploads = registration.uploads();
            text(registration.key().x()).endpoints(registration.endpoints()).text(registration.challenge());
            number(budget.bitsPerSecond()).number(budget.slots()).number(budget.bytesPerMonth());
            number(uploads.active()).number(uploads.bytesLeft()).number(uploads.servedThisMonth());
            flag(value.superNode()).text(value.account()).digest(value.secretHash());
            block(value.seenFrom().getAddress()).number(value.routes().size());
            value.routes().forEach(this::route);
            return instant(value.at());
        }

        Out endpoints(List<PeerEndpoint> values) {
            number(values.size());
            values.forEach(value -> text(value.url()));
            return this;
        }

        void route(Route value) {
            text(value.endpoint().url()).number(value.addresses().size());
            value.addresses().forEach(address -> block(address.getAddress()));
        }

        Out standing(Standing value) {
            return number(Double.doubleToLongBits(value.strikes())).instant(value.at()).number(value.quarantines())
                    .instant(value.quarantinedUntil());
        }

        Out resource(ResourceId value) {
            return text(value.site()).text(value.target());
        }

        Out rows(List<Change.Row> rows) {
            for (Change.Row row : rows) {
                var numbers = ByteBuffer.allocate(row.holders().length * Integer.BYTES);
                numbers.asIntBuffer().put(row.holders());
                digest(row.digest()).block(numbers.array());
            }
            return this;
        }

        Out representation(Representation value) {
            digest(value.digest()).number(value.size()).number(value.headers().asMap().size());
            value.headers().asMap().forEach((name, field) -> text(name).text(field));
            number(value.pieces().count());
            for (int i = 0; i < value.pieces().count(); i++) {
                digest(value.pieces().get(i));
            }
            return this;
        }
    }

    private record In(ByteBuffer bytes) {
        byte[] rest() {
            return take(bytes.remaining());
        }

        private byte[] take(int length) {
            if (length < 0 || length > bytes.remaining()) {
                throw new BufferUnderflowException();
            }
            var taken = new byte[length];
            bytes.get(taken);
            return taken;
        }

        byte[] block() {
            return take(bytes.getInt());
        }

        String text() {
            return new String(block(), StandardCharsets.UTF_8);
        }

        long number() {
            return bytes.getLong();
        }

        /** A number of things that are still to come. */
        int count() {
            long count = number();
            if (count < 0 || count > bytes.remaining()) {
                throw new BufferUnderflowException();
            }
            return (int) count;
        }

        boolean flag() {
            return bytes.get() != 0;
        }

        Sha256 digest() {
            return Sha256.read(bytes);
        }

        PeerId id() {
            return new PeerId(digest().base64Url());
        }

        Instant instant() {
            return Instant.ofEpochSecond(number(), number());
        }

        Admission admission() throws UnknownHostException {
            var key = new PeerKey(text());
            var endpoints = endpoints();
            String challenge = text();
            var budget = new UploadBudget(number(), (int) number(), number());
            var uploads = new UploadReport((int) number(), number(), number());
            boolean superNode = flag();
            String account = text();
            Sha256 secretHash = digest();
            var seenFrom = InetAddress.getByAddress(block());
            var routes = new ArrayList<Route>();
            for (int left = count(); left > 0; left--) {
                routes.add(route());
            }
            return new Admission(new Registration(key, endpoints, challenge, budget, uploads), superNode, account,
                    secretHash, seenFrom, routes, instant());
        }

        List<PeerEndpoint> endpoints() {
            var endpoints = new ArrayList<PeerEndpoint>();
            for (int left = count(); left > 0; left--) {
                endpoints.add(PeerEndpoint.parse(text()));
            }
            return endpoints;
        }

        Route route() throws UnknownHostException {
            var endpoint = PeerEndpoint.parse(text());
            var addresses = new ArrayList<InetAddress>();
            for (int left = count(); left > 0; left--) {
                addresses.add(InetAddress.getByAddress(block()));
            }
            return new Route(endpoint, addresses);
        }

        Standing standing() {
            return new Standing(Double.longBitsToDouble(number()), instant(), (int) number(), instant());
        }

        ResourceId resource() {
            return new ResourceId(text(), text());
        }

        List<Change.Row> rows() {
            List<Change.Row> rows = new ArrayList<>();
            while (bytes.hasRemaining()) {
                Sha256 digest = digest();
                int length = bytes.getInt();
                var holders = new int[bytes.slice(bytes.position(), length).asIntBuffer().remaining()];
                bytes.asIntBuffer().get(holders);
                bytes.position(bytes.position() + length);
                rows.add(new Change.Row(digest, holders));
            }
            return rows;
        }

        Representation representation() {
            Sha256 digest = digest();
            long size = number();
            Map<String, String> headers = new HashMap<>();
            for (int left = count(); left > 0; left--) {
                headers.put(text(), text());
            }
            List<Sha256> pieces = new ArrayList<>();
            for (int left = count(); left > 0; left--) {
                pieces.add(digest());
            }
            return new Representation(digest, size, new ReplayedHeaders(headers), PieceHashes.of(pieces));
        }
    }
}
