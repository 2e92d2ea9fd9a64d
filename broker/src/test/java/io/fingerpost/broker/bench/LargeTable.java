package io.fingerpost.broker.bench;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Many resources, each held by a few of many peers. */
final class LargeTable {
    static final int SIZE = 16_384;
    private static final UploadBudget BUDGET = new UploadBudget(100_000_000_000L, 256, 0);
    private static final Instant LEASE_END = Instant.parse("2100-01-01T00:00:00Z");
    private static final PieceSet WHOLE = PieceSet.all(1);

    private LargeTable() {}

    static List<Peer> admitPeers(MemoryStore store, int count) {
        var random = new SplittableRandom(1);
        var peers = new ArrayList<Peer>(count);
        for (int i = 0; i < count; i++) {
            var hash = new Sha256(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
            var id = new PeerId(hash.base64Url());
            var endpoint = new PeerEndpoint("http", "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 8443);
            var admission = TestAdmissions.of(endpoint, false, List.of(InetAddress.ofLiteral(endpoint.host())), BUDGET);
            var peer = new Peer(id, admission, TicketKey.derive(new byte[32], id), new Place(0, i, 0, 0),
                    new Uploads(BUDGET, 0), LEASE_END, Reachability.YES);
            store.admit(peer);
            peers.add(peer);
        }
        return peers;
    }

    static Sha256 digest(int resource) {
        return Sha256.digestOf(ByteBuffer.allocate(4).putInt(resource).array());
    }

    static ResourceId resource(int number) {
        return new ResourceId("/o/" + number + ".bin");
    }

    /** Lets each resource be held by so many peers, spread evenly. */
    static void hold(MemoryStore store, List<Peer> peers, int resources, int holders) {
        for (int i = 0; i < resources; i++) {
            Sha256 digest = digest(i);
            for (int j = 0; j < holders; j++) {
                store.hold(peers.get((int) (((long) i * holders + j) * 7919 % peers.size())).id(), digest, WHOLE);
            }
        }
    }

    static void learn(RepresentationTable table, int resources) {
        for (int i = 0; i < resources; i++) {
            table.learn(resource(i), Representation.ofDigest(digest(i), SIZE,
                    new ReplayedHeaders(Map.of("ETag", "\"" + i + "\"", "Content-Type", "application/octet-stream"))),
                    LEASE_END);
        }
    }
}
