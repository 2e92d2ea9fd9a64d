package io.fingerpost.registry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.testing.redis.RedisProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What several processes on one Redis know of each other's peers; each of them is a part of this one, with connections of its own. */
class SharedRegistryTest {
    private static final PieceSet WHOLE = PieceSet.all(4);
    private static RedisProcess redis;
    private static int last;

    private final List<SharedFixture> started = new ArrayList<>();
    private final Sha256 map = Sha256.digestOf(new byte[] {5, (byte) ++last});
    private SharedFixture here;
    private SharedFixture there;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void start() {
        here = process(10_000);
        there = process(10_000);
    }

    private SharedFixture process(int hotRepresentations) {
        var process = new SharedFixture(redis.url(), hotRepresentations);
        started.add(process);
        return process;
    }

    @AfterEach
    void stop() {
        started.forEach(SharedFixture::close);
    }

    private static Peer peer() {
        return RegistryStoreContract.peer(++last, Instant.now().plusSeconds(30));
    }

    private Peer admitted() {
        Peer peer = peer();
        here.store().admit(peer);
        return peer;
    }

    private static List<Holder> holders(SharedFixture process, Sha256 digest) {
        process.store().bring(digest).join();
        return process.store().holders(digest).live(Instant.now());
    }

    private static void awaitHolders(SharedFixture process, Sha256 digest, int count) {
        await().untilAsserted(() -> assertThat(holders(process, digest)).hasSize(count));
    }

    private static PieceSet pieces(int... indexes) {
        var bits = new BitSet();
        IntStream.of(indexes).forEach(bits::set);
        return PieceSet.of(4, bits);
    }

    @Test
    void whatIsToldToOneIsKnownToAll() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, WHOLE);

        assertThat(holders(there, map)).extracting(holder -> holder.peer().id()).containsExactly(anna.id());
        assertThat(there.store().fetch(anna.id())).get().satisfies(found -> {
            assertThat(found.endpoint()).isEqualTo(anna.endpoint());
            assertThat(found.leaseUntil()).isBetween(anna.leaseUntil().minusMillis(500),
                    anna.leaseUntil().plusMillis(500));
        });
        assertThat(there.store().holdingsOf(anna.id())).isOne();
        assertThat(there.store().holds(anna.id(), map)).isTrue();
    }

    @Test
    void whatChangesIsToldToThoseWhoAskForIt() {
        Peer anna = admitted();
        assertThat(holders(there, map)).isEmpty();

        here.store().hold(anna.id(), map, pieces(1));
        awaitHolders(there, map, 1);
        assertThat(holders(there, map).getFirst().holds(1, 1)).isTrue();
        here.store().hold(anna.id(), map, WHOLE);
        await().until(() -> holders(there, map).getFirst().holds(0, 3));
        here.store().hold(anna.id(), map, pieces());

        awaitHolders(there, map, 0);
    }

    @Test
    void aPeerThatGoesOrComesAnewHoldsNothingAnywhere() {
        Peer anna = admitted();
        Peer berta = admitted();
        here.store().hold(anna.id(), map, WHOLE);
        here.store().hold(berta.id(), map, WHOLE);
        awaitHolders(there, map, 2);

        here.store().remove(anna.id());
        awaitHolders(there, map, 1);
        there.store().admit(RegistryFixture.again(berta));

        awaitHolders(here, map, 0);
        here.store().bring(map).join();
        assertThat(there.store().holdingsOf(berta.id())).isZero();
    }

    @Test
    void whoGoesUnderAnOldLeaseLeavesTheNewOneAlone() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, WHOLE);
        Peer anew = RegistryFixture.again(anna);
        there.store().admit(anew);
        there.store().hold(anew.id(), map, WHOLE);

        here.store().remove(anna); // it may not have heard

        assertThat(there.store().isInSync(anew.id(), HoldingsChecksum.ofComplete(map))).isTrue();
        var late = process(10);
        assertThat(holders(late, map)).hasSize(1);
        assertThat(late.store().fetch(anew.id())).isPresent();
    }

    @Test
    void whatARedisHasLostThatTookOverIsWrittenAgain() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, WHOLE);
        var link = new RedisLink(RedisAddress.parse(redis.url()), () -> {}, (_, _) -> {});
        link.start();
        RedisLink.await(link.commands().del(RedisLink.bytes(Keys.digest(map))));
        link.close();

        here.store().shared().touch(anna.id());

        assertThat(holders(there, map)).hasSize(1);
    }

    @Test
    void whatIsForgivenIsForgottenAndNotToldOnAndOn() {
        Peer anna = admitted();
        here.shared.standingLog().keep(anna.id(), new Standing(3, Instant.now(), 1, Instant.now().plusSeconds(600)));
        await().until(() -> isQuarantined(there, anna));

        here.shared.standingLog().keep(anna.id(), Standing.CLEAN);

        await().until(() -> !isQuarantined(there, anna));
        assertThat(isQuarantined(process(10), anna)).isFalse();
    }

    private static boolean isQuarantined(SharedFixture process, Peer peer) {
        Peer anew = RegistryFixture.again(peer);
        process.standings.receive(anew);
        return anew.state() == Peer.State.QUARANTINED;
    }

    @Test
    void incompleteSetsAreCountedWhetherOrNotTheyAreAskedFor() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, pieces(1));

        assertThat(here.store().partBytesOf(anna.id())).isPositive();
        there.store().fetch(anna.id());
        assertThat(there.store().partBytesOf(anna.id())).isEqualTo(here.store().partBytesOf(anna.id()));
        here.store().hold(anna.id(), map, WHOLE);
        assertThat(here.store().partBytesOf(anna.id())).isZero();
    }

    @Test
    void eachMayTakeAPeersAnnouncementsAndTheOthersDoNotTakeItForOutOfStep() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, WHOLE);
        Sha256 sound = Sha256.digestOf(map.bytes());
        there.store().hold(anna.id(), sound, pieces(2));
        long checksum = HoldingsChecksum.ofComplete(map) ^ HoldingsChecksum.of(sound, pieces(2));

        assertThat(there.store().isInSync(anna.id(), checksum)).isTrue();
        assertThat(here.store().isInSync(anna.id(), checksum)).as("at once").isTrue();
        assertThat(here.store().isInSync(anna.id(), checksum)).as("and after a look").isTrue();
        await("what really is missing is noticed").until(() -> !here.store().isInSync(anna.id(), checksum + 1));
    }

    @Test
    void allThatIsSaidAnewReplacesWhatWasKnown() {
        Peer anna = admitted();
        Sha256 sound = Sha256.digestOf(map.bytes());
        here.store().hold(anna.id(), map, WHOLE);
        awaitHolders(there, map, 1);

        there.store().update(anna.id(), new HoldingsUpdate(true, List.of(new Held(sound, WHOLE)), List.of()));

        awaitHolders(here, map, 0);
        awaitHolders(here, sound, 1);
        assertThat(there.store().isInSync(anna.id(), HoldingsChecksum.ofComplete(sound))).isTrue();
    }

    @Test
    void aLeaseThatIsRenewedAtOneRunsAtAll() {
        Peer anna = RegistryStoreContract.peer(++last, Instant.now().plusSeconds(3));
        here.store().admit(anna);
        here.store().hold(anna.id(), map, WHOLE);
        awaitHolders(there, map, 1);

        here.store().renew(anna.id(), Instant.now().plusSeconds(60));

        await().untilAsserted(() -> assertThat(holders(there, map).getFirst().peer().leaseUntil())
                .isAfter(Instant.now().plusSeconds(50)));
    }

    @Test
    void whatProbesFindIsToldToAll() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, WHOLE);
        Peer seen = holders(there, map).getFirst().peer();

        anna.turn(Peer.State.DOWN, Reachability.no("tried", "advice"));
        here.store().turned(anna);
        await().until(() -> seen.state() == Peer.State.DOWN);
        var quarantined = new Standing(3, Instant.now(), 1, Instant.now().plusSeconds(600));
        here.shared.standingLog().keep(anna.id(), quarantined);

        await().untilAsserted(() -> {
            Peer anew = RegistryFixture.again(anna);
            there.standings.receive(anew);
            assertThat(anew.state()).isEqualTo(Peer.State.QUARANTINED);
        });
        var late = process(10);
        await("who comes later, too").untilAsserted(() -> {
            Peer anew = RegistryFixture.again(anna);
            late.standings.receive(anew);
            assertThat(anew.state()).isEqualTo(Peer.State.QUARANTINED);
        });
        assertThat(holders(late, map).getFirst().peer().state()).isEqualTo(Peer.State.QUARANTINED);
    }

    @Test
    void whatAResourceIsIsLearnedOnce() {
        var path = new ResourceId("/" + map);
        var representation = RegistryFixture.representation(3_000_000);
        Instant fresh = Instant.now().plusSeconds(60);
        var before = process(10);
        here.representations.learn(path, representation, fresh);
        await().untilAsserted(
                () -> assertThat(there.representations.lookup(path)).get().satisfies(known -> {
                    assertThat(known.representation()).isEqualTo(representation);
                    assertThat(known.freshUntil()).isEqualTo(fresh);
                }));

        var late = process(10);
        assertThat(late.representations.lookup(path)).isEmpty();
        late.registry.bring(path).join();
        assertThat(late.representations.lookup(path)).isPresent();

        there.representations.confirm(path, "\"v1\"", fresh.plusSeconds(60));
        await().until(() -> here.representations.lookup(path).orElseThrow().freshUntil().isAfter(fresh));
        there.representations.forget(path);
        await().until(() -> here.representations.lookup(path).isEmpty()
                && before.representations.lookup(path).isEmpty());
    }

    @Test
    void whoLearnsByOtherRulesLearnsForHimself() {
        var path = new ResourceId("/" + map);
        there.shared.rule(Sha256.digestOf(new byte[] {99}));

        here.representations.learn(path, RegistryFixture.representation(3_000_000), Instant.now().plusSeconds(60));

        there.registry.bring(path).join();
        assertThat(there.representations.lookup(path)).isEmpty();
    }

    @Test
    void theMemoryFollowsWhatIsAskedForNotTheSwarm() {
        var small = process(4);
        var digests = IntStream.range(0, 40).mapToObj(i -> Sha256.digestOf(new byte[] {6, (byte) last, (byte) i}))
                .toList();
        Peer anna = admitted();
        here.store().update(anna, new HoldingsUpdate(digests.stream().map(digest -> new Held(digest, WHOLE)).toList(),
                List.of()));

        digests.forEach(digest -> assertThat(holders(small, digest)).hasSize(1));

        await().untilAsserted(() -> assertThat(small.store().shownHoldings()).isLessThanOrEqualTo(4));
        assertThat(holders(small, digests.getFirst())).as("comes back").hasSize(1);
    }

    @Test
    void noMoreHoldersOfOneThingAreAtHandThanDecisionsNeed() {
        int many = HotSet.SAMPLE + 40;
        for (int i = 0; i < many; i++) {
            Peer peer = RegistryStoreContract.peer(1_000 + i, Instant.now().plusSeconds(30));
            here.store().admit(peer);
            here.store().hold(peer.id(), map, WHOLE);
        }

        assertThat(holders(there, map)).hasSize(HotSet.SAMPLE);
        there.store().hot().doubtAll();
        there.store().hot().refresh();
        await("others by chance come in, and others go").during(Duration.ofMillis(300))
                .until(() -> there.store().shownHoldings() <= HotSet.SAMPLE);
    }

    /** More than the budget allows may be under way only for a moment, and no more than a fifth of it. */
    @Test
    void threeBrokersTogetherDoNotOverdrawAPeer() throws Exception {
        Peer anna = peer(); // 4 slots
        var registrar = process(10);
        registrar.store().admit(anna);
        registrar.store().hold(anna.id(), map, WHOLE);
        var brokers = List.of(here, there, process(10));
        brokers.forEach(broker -> assertThat(holders(broker, map)).hasSize(1));
        brokers.forEach(broker -> await().until(
                () -> broker.store().share().orElseThrow().get().count() == started.size()));

        Instant end = Instant.now().plus(Duration.ofSeconds(3));
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<Integer>> counts = new ArrayList<>();
            for (var broker : brokers) {
                counts.add(threads.submit(() -> sendUntil(end, broker)));
            }
            int all = 0;
            for (var count : counts) {
                all += count.get();
            }
            assertThat(all).isBetween(3, 4);
        }
    }

    /** Clients that each take an hour; how many. */
    private int sendUntil(Instant end, SharedFixture broker) throws InterruptedException {
        Peer peer = broker.store().holders(map).live(Instant.EPOCH).getFirst().peer();
        int sent = 0;
        while (Instant.now().isBefore(end)) {
            sent += broker.registry.charge(peer, 900_000_000L, System.currentTimeMillis()) ? 1 : 0;
            Thread.sleep(1);
        }
        return sent;
    }

    @Test
    void whoeverTendsAPeerIsSucceededWhenHeIsGone() {
        Peer anna = admitted();
        Peer seen = there.store().fetch(anna.id()).orElseThrow();
        there.store().renew(seen.id(), Instant.now().plusSeconds(30));
        assertThat(there.store().peerCount()).as("tended elsewhere").isZero();
        await().until(() -> there.store().share().orElseThrow().get().count() >= 2);

        here.close();

        await().untilAsserted(() -> {
            there.store().renew(seen.id(), Instant.now().plusSeconds(30));
            assertThat(there.store().peerCount()).isOne();
        });
    }

    @Test
    void whatIsNoMessageOfOursHarmsNobody() {
        Peer anna = admitted();
        here.store().hold(anna.id(), map, WHOLE);
        awaitHolders(there, map, 1);
        var link = new RedisLink(RedisAddress.parse(redis.url()), () -> {}, (_, _) -> {});
        link.start();
        var random = new Random(1);
        for (String channel : List.of(Keys.NEWS, Keys.digest(map), Keys.resources(SharedFixture.RULES))) {
            for (int i = 0; i < 200; i++) {
                var garbage = new byte[random.nextInt(120)];
                random.nextBytes(garbage);
                if (garbage.length > 8) {
                    garbage[8] = (byte) (i % 6);
                }
                RedisLink.await(link.commands().publish(RedisLink.bytes(channel), garbage));
            }
        }
        RedisLink.await(link.commands().hset(RedisLink.bytes(Keys.digest(map)),
                "x".getBytes(java.nio.charset.StandardCharsets.US_ASCII), new byte[1]));
        link.close();

        Peer berta = admitted();
        here.store().hold(berta.id(), map, WHOLE);

        awaitHolders(there, map, 2);
    }
}
