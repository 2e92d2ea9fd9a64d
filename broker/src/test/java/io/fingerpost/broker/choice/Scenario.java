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
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import io.fingerpost.testing.MutableClock;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A swarm of 200 unequal peers in four countries, and its clients, all drawn by lot from one seed. Who decides is the product.
 *
 * <p>Clients are where peers are, for peers are clients that stayed. Each peer holds what it once asked for, and it asked as
 * clients do: of popular files there are nearly as many copies as peers, and of most files few. The operator's own copies make
 * sure that there are at least {@link #LEAST_HOLDERS} of each.
 */
final class Scenario {
    static final int FILES = 5_000;
    static final int PEERS = 200;
    /** Some minutes before a month ends. */
    static final Instant START = Instant.parse("2026-01-31T22:30:00Z");
    static final Instant MONTH_END = Instant.parse("2026-02-01T00:00:00Z");
    /** Share of all uplinks that the clients ask for. */
    static final double OFFERED = 0.5;

    private static final int LEAST_HOLDERS = 3;
    private static final int ONCE_ASKED = 300;
    private static final int CLIENTS = 20_000;
    private static final int CROWDED_NETWORKS = 100;
    private static final int COUNTRIES = 4;
    private static final int PROVIDERS = 5;
    private static final double LEAST_BYTES = 16 << 10;
    private static final double MOST_BYTES = 32 << 20;
    private static final double LEAST_UPLINK = 5e6;
    private static final double MOST_UPLINK = 100e6;

    final MutableClock clock = new MutableClock(START);
    final MemoryStore store = new MemoryStore();
    final NetworkShares shares = new NetworkShares(75);
    final Registry registry = TestRegistry.of(store, new RepresentationTable(ByteSize.parse("1MiB")), clock);
    final PeerChoice choice;
    final Zipf popularity = new Zipf(FILES);
    final List<File> files = new ArrayList<>();
    final List<Peer> peers = new ArrayList<>();
    final List<Client> clients = new ArrayList<>();

    private final RandomGenerator random;
    private final boolean slow;

    record File(Sha256 digest, long bytes) {}

    /** @param rate that it reads, in bytes per millisecond */
    record Client(Place place, double rate) {}

    /** @param slow whether one client in thirty reads as slowly as 1 to 4 Mbit/s; the others read 20 to 200 */
    Scenario(long seed, boolean slow) {
        this.slow = slow;
        random = new SplittableRandom(seed);
        var lots = new SplittableRandom(seed + 1);
        choice = new PeerChoice(registry, shares, () -> lots);
        for (int i = 0; i < FILES; i++) {
            files.add(new File(sha256(-1 - i), Math.round(between(LEAST_BYTES, MOST_BYTES))));
        }
        for (int i = 0; i < PEERS; i++) {
            join(i, START.minus(Duration.ofHours(1)));
        }
        for (File file : files) {
            while (store.holders(file.digest).count() < LEAST_HOLDERS) {
                hold(byUplink(), file);
            }
        }
        addClients();
    }

    static Sha256 sha256(int number) {
        return Sha256.digestOf(ByteBuffer.allocate(4).putInt(number).array());
    }

    /** As many as there are of twice the size are half as probable. */
    private double between(double least, double most) {
        return least * Math.pow(most / least, random.nextDouble());
    }

    /** One more peer, with what it holds. */
    Peer join(int number, Instant since) {
        double uplink = between(LEAST_UPLINK, MOST_UPLINK);
        int slots = 2 + random.nextInt(15);
        // One in eight may send in a month about half of what would be its share of the hour and a half that the test looks at.
        long quota = number % 8 == 3 ? (long) (uplink / 8 * OFFERED * 0.5 * Duration.ofMinutes(90).toSeconds()) : 0;
        Peer peer = peer(number, placeOf(number), new UploadBudget((long) uplink, slots, quota), since);
        store.admit(peer);
        peers.add(peer);
        for (int i = 0; i < ONCE_ASKED; i++) {
            hold(peer, files.get(popularity.draw(random)));
        }
        return peer;
    }

    static Peer peer(int number, Place place, UploadBudget budget, Instant since) {
        var hash = sha256(number);
        var id = new PeerId(hash.base64Url());
        var endpoint = new PeerEndpoint("http", "198.51.100.1", 8443);
        return new Peer(id, TestAdmissions.of(endpoint, false, Reach.IPV4, budget),
                TicketKey.derive(new byte[32], id), place,
                new Uploads(budget, since.toEpochMilli()), Instant.parse("2100-01-01T00:00:00Z"), Reachability.YES);
    }

    void hold(Peer peer, File file) {
        store.hold(peer.id(), file.digest, PieceSet.all(1));
    }

    /** Larger and smaller countries and providers; two of the larger providers' customers in nine are at a site. */
    private Place placeOf(int network) {
        int country = 1 + unevenly(COUNTRIES);
        int provider = unevenly(PROVIDERS);
        int site = provider < 2 && random.nextInt(9) < 2 ? 2 * country + provider : 0;
        return ipv4(site, network, 100 * country + provider, country);
    }

    /** From 0, which is the most probable: so many times as the last, which is half as probable as the one before it … */
    private int unevenly(int count) {
        int at = random.nextInt(count * (count + 1) / 2);
        int number = 0;
        for (int width = count; at >= width; width--) {
            at -= width;
            number++;
        }
        return number;
    }

    private Peer byUplink() {
        double at = random.nextDouble() * store.bitsPerSecond();
        for (Peer peer : peers) {
            at -= peer.uploads().budget().bitsPerSecond();
            if (at < 0) {
                return peer;
            }
        }
        return peers.getLast();
    }

    private void addClients() {
        var crowded = new ArrayList<Place>();
        for (int i = 0; i < CROWDED_NETWORKS; i++) {
            crowded.add(near(byUplink(), 1_000 + i));
        }
        for (int i = 0; i < CLIENTS; i++) {
            double rate = (slow && random.nextInt(30) == 0 ? between(1e6, 4e6) : between(20e6, 200e6)) / 8_000;
            clients.add(new Client(placeOfClient(i, crowded), rate));
        }
    }

    /** One in twenty is at home with a peer, one in five has the public address of a crowd, and the others one of their own. */
    private Place placeOfClient(int number, List<Place> crowded) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return byUplink().place();
        }
        return kind < 5 ? crowded.get(random.nextInt(CROWDED_NETWORKS)) : near(byUplink(), 10_000 + number);
    }

    private static Place near(Peer peer, long network) {
        Place place = peer.place();
        return ipv4(place.site(), network, place.asn(), place.country());
    }

    /** As the locator makes them of IPv4 addresses. */
    private static Place ipv4(int site, long network, int asn, int country) {
        return new Place(site, 0xffff_ffffL << 32 | network, asn, country);
    }

    Wanted wanted(File file, Client client) {
        return new Wanted(0, 0, file.bytes, client.place, true, false, null, Past.NONE, 4);
    }

    /** How many requests per millisecond are the share of the uplinks that is to be asked for. */
    double requestsPerMilli() {
        double meanBytes = 0;
        for (int i = 0; i < FILES; i++) {
            meanBytes += popularity.chance(i) * files.get(i).bytes;
        }
        return OFFERED * store.bitsPerSecond() / 8_000 / meanBytes;
    }
}
