package io.fingerpost.registry;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.registry.upload.Uploads;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What peers announce fits into memory, whoever they are. */
class HoldingsRoomTest {
    private static final PieceSet LARGE = PieceSet.of(1 << 16, new byte[] {1});

    private final MemoryStore store = new MemoryStore();
    private final Peer anna = RegistryStoreContract.peer(1, Instant.parse("2100-01-01T00:00:00Z"));
    private final Peer berta = RegistryStoreContract.peer(2, Instant.parse("2100-01-01T00:00:00Z"));

    HoldingsRoomTest() {
        store.admit(anna);
        store.admit(berta);
    }

    private static HoldingsUpdate hold(int from, int count, PieceSet pieces) {
        return new HoldingsUpdate(IntStream.range(from, from + count)
                .mapToObj(n -> new Held(Sha256.digestOf(ByteBuffer.allocate(4).putInt(n).array()), pieces)).toList(),
                List.of());
    }

    private void take(HoldingsRoom room, Peer peer, HoldingsUpdate update) {
        room.require(peer, update);
        store.update(peer, update);
    }

    private static void assertFull(String what, Runnable announcement) {
        assertThatExceptionOfType(RequestRejected.class).isThrownBy(announcement::run)
                .withMessageContaining("too-many-holdings").withMessageContaining(what);
    }

    @Test
    void allTogetherMayHoldAsMuchAsThereIsMemoryFor() {
        var room = new HoldingsRoom(1_000, store, 100 * 128);
        take(room, anna, hold(0, 60, PieceSet.all(1)));
        take(room, berta, hold(0, 40, PieceSet.all(1)));

        assertFull("memory for 100 holdings", () -> room.require(berta, hold(100, 1, PieceSet.all(1))));
        assertThatNoException().isThrownBy(() -> room.require(berta, new HoldingsUpdate(List.of(),
                List.of(hold(0, 1, LARGE).hold().getFirst().digest()))));
    }

    @Test
    void incompleteSetsOfOnePeerAreBounded() {
        var room = new HoldingsRoom(1_000, store, 1L << 40);
        take(room, anna, hold(0, 100, LARGE)); // 8 KiB each

        assertFull("1048576 bytes", () -> room.require(anna, hold(100, 100, LARGE)));
        take(room, berta, hold(100, 100, LARGE));
        store.update(anna, new HoldingsUpdate(true, List.of(), List.of()));
        assertThatNoException().isThrownBy(() -> room.require(anna, hold(100, 100, LARGE)));
    }

    @Test
    void incompleteSetsOfAllAreBounded() {
        var room = new HoldingsRoom(1_000, store, 16 * 1_000_000);
        take(room, anna, hold(0, 100, LARGE));

        assertFull("memory for 1000000 bytes", () -> room.require(berta, hold(0, 100, LARGE)));
    }

    /** To register many peers that nobody can reach costs nothing. */
    @Test
    void aPeerThatHasProvedNothingMayHoldLittle() {
        var budget = new UploadBudget(1, 1, 0);
        var unproved = TestAdmissions.of(new PeerEndpoint("http", "192.0.2.1", 8080), false, List.of(), budget);
        var clara = new Peer(new PeerId(Sha256.digestOf(new byte[9]).base64Url()), unproved, anna.ticketKey(),
                anna.place(),
                new Uploads(budget, 0), Instant.parse("2100-01-01T00:00:00Z"), Reachability.no("tried", "advice"));
        store.admit(clara);
        var room = new HoldingsRoom(100_000, store, 1L << 40);
        take(room, clara, hold(0, 1_000, PieceSet.all(1)));

        assertFull("up to 1000 representations", () -> room.require(clara, hold(1_000, 1, PieceSet.all(1))));
    }
}
