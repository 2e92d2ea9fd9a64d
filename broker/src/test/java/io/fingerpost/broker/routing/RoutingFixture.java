package io.fingerpost.broker.routing;

import io.fingerpost.broker.TestRegistry;
import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.choice.PeerChoice;
import io.fingerpost.broker.rules.Terms;
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.http.HeaderFields;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** A policy over a table and peers that a test fills, and requests to decide on. */
abstract class RoutingFixture {
    static final Client CLIENT = new Client(InetAddress.getLoopbackAddress(), false);
    static final LiveLocator LOCATOR = TestRegistry.locator();
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String PATH = "/game/map.pak";
    static final int PIECE = PieceLayout.MIN_PIECE;
    static final Representation MAP = TestPeers.representation(3 * PIECE);
    static final Peer PEER = TestPeers.peer(1, false);
    static final Peer SUPER_NODE = TestPeers.peer(2, true);

    final MemoryStore store = new MemoryStore();
    final RepresentationTable table = new RepresentationTable(ByteSize.parse("1MiB"));
    final Registry registry = TestRegistry.of(store, table, InstantSource.fixed(NOW));
    boolean panic;
    final List<Integer> suspects = new ArrayList<>();
    final RecentRedirects recent = new RecentRedirects(Duration.ofSeconds(10), (peer, _) -> suspects.add(peer));
    final NetworkShares shares = new NetworkShares(75);
    final Bookings bookings = new Bookings(registry, recent, shares, LOCATOR, InstantSource.fixed(NOW));
    final RedirectPolicy policy = policy(recent, InstantSource.fixed(NOW));

    final RedirectPolicy policy(RecentRedirects memory, InstantSource clock) {
        return new RedirectPolicy(registry, LOCATOR, memory, new PeerChoice(registry, shares, () -> new Random(1)),
                () -> panic,
                clock);
    }

    void known(Representation representation) {
        table.learn(new ResourceId(PATH), representation, NOW.plusSeconds(60));
    }

    void holds(Peer peer, Representation representation, int... pieces) {
        int count = representation.layout().count();
        var bits = new BitSet();
        for (int piece : pieces) {
            bits.set(piece);
        }
        store.admit(peer);
        store.hold(peer.id(), representation.digest(),
                pieces.length == 0 ? PieceSet.all(count) : PieceSet.of(count, bits));
    }

    /** The map is known and a peer has it: only the request can stand in the way. */
    void knownAndHeld() {
        known(MAP);
        holds(PEER, MAP);
    }

    /** A GET by a client that verifies, with more fields as name, value, name, value … */
    static EdgeRequest get(String... fields) {
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        all.put("Want-Repr-Digest", "sha-256=10");
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], fields[i + 1]);
        }
        return request("GET", PATH, "", all::get);
    }

    static EdgeRequest request(String method, String path, String query, HeaderFields fields) {
        return new EdgeRequest(method, path, query, new ResourceId(query.isEmpty() ? path : path + "?" + query),
                TestTerms.DEFAULT, CLIENT, true, fields);
    }

    static EdgeRequest under(Terms terms, EdgeRequest request) {
        return new EdgeRequest(request.method(), request.path(), request.query(), request.resource(), terms,
                request.client(), request.isOrdinary(), request.fields());
    }

    static EdgeRequest plainGet(String... fields) {
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], fields[i + 1]);
        }
        return request("GET", PATH, "", all::get);
    }
}
