package io.fingerpost.broker.choice;

import io.fingerpost.broker.TestRegistry;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import io.fingerpost.testing.MutableClock;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Some peers that hold one file, and a client that wants it. */
final class SmallSwarm {
    static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");
    static final long SIZE = 1_000_000;
    static final Sha256 FILE = Sha256.digestOf(new byte[] {9});
    static final Place HOME = ipv4(1, 100, 10, 1);
    static final Place AWAY = ipv4(0, 500, 50, 5);
    /** 80 Mbit/s: the file takes a tenth of a second. */
    static final UploadBudget BUDGET = new UploadBudget(80_000_000, 100, 0);

    final MutableClock clock = new MutableClock(NOW);
    final MemoryStore store = new MemoryStore();
    final NetworkShares shares = new NetworkShares(75);
    final Registry registry = TestRegistry.of(store, new RepresentationTable(ByteSize.parse("1MiB")), clock);
    private final Random random = new Random(1);
    final PeerChoice choice = new PeerChoice(registry, shares, () -> random);
    final List<Exclusion> exclusions = new ArrayList<>();

    /** As the locator makes them of IPv4 addresses. */
    static Place ipv4(int site, long network, int asn, int country) {
        return new Place(site, 0xffff_ffffL << 32 | network, asn, country);
    }

    static Peer peer(int number, Place place) {
        return peer(number, place, BUDGET, "http", Reach.IPV4, NOW.plusSeconds(3600));
    }

    static Peer peer(int number, Place place, UploadBudget budget, String scheme, Reach reach, Instant leaseUntil) {
        var hash = Sha256.digestOf(ByteBuffer.allocate(4).putInt(number).array());
        var id = new PeerId(hash.base64Url());
        var endpoint = new PeerEndpoint(scheme, "198.51.100.1", 8443);
        return new Peer(id, TestAdmissions.of(endpoint, number < 0, reach, budget),
                TicketKey.derive(new byte[32], id), place,
                new Uploads(budget, NOW.minusSeconds(3600).toEpochMilli()), leaseUntil, Reachability.YES);
    }

    /** One more that holds the file. */
    Peer holding(Peer peer) {
        store.admit(peer);
        store.hold(peer.id(), FILE, PieceSet.all(4));
        return peer;
    }

    static Wanted wanted() {
        return new Wanted(0, 3, SIZE, HOME, true, false, null, Past.NONE, 4);
    }

    /** Whom the client is sent to, and the alternates. */
    List<Peer> choose(Wanted wanted) {
        exclusions.clear();
        return choice.choose(wanted, store.holders(FILE), clock.millis(), new ChoiceTrace() {
            @Override
            public void excluded(Peer peer, Exclusion why) {
                exclusions.add(why);
            }

            @Override
            public void weighed(Peer peer, Tier tier, boolean isUsed, double load,
                    boolean isBusy, double lot) {
                // who can be chosen is seen by who is
            }
        }).peers();
    }

    void charge(Peer peer, int times) {
        for (int i = 0; i < times; i++) {
            if (!registry.charge(peer, SIZE, clock.millis())) {
                throw new AssertionError("no room");
            }
        }
    }
}
