package io.fingerpost.broker.routing;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.RepresentationHasher;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/** Peers and representations to decide about. */
public final class TestPeers {
    private static final UploadBudget BUDGET = new UploadBudget(100_000_000, 16, 0);

    private TestPeers() {}

    public static Peer peer(int number, boolean superNode) {
        return peer(number, superNode, BUDGET);
    }

    static Peer peer(int number, UploadBudget budget) {
        return peer(number, false, budget);
    }

    private static Peer peer(int number, boolean superNode, UploadBudget budget) {
        var hash = Sha256.digestOf(new byte[] {(byte) number});
        var id = new PeerId(hash.base64Url());
        var endpoint = new PeerEndpoint("http", "198.51.100." + number, 8443);
        return new Peer(id, TestAdmissions.of(endpoint, superNode, Reach.IPV4, budget),
                TicketKey.derive(new byte[32], id), new Place(0, number, 0, 0), new Uploads(budget, 0),
                Instant.parse("2100-01-01T00:00:00Z"), Reachability.YES);
    }

    /** So many zeros. */
    public static Representation representation(int size) {
        var hasher = new RepresentationHasher(new PieceLayout(size));
        hasher.update(ByteBuffer.allocate(size));
        return hasher.finish(new ReplayedHeaders(Map.of("ETag", "\"v1\"")));
    }
}
