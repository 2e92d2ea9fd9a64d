package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.client.RegistryClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The plug is pulled, again and again, while peers come and go and tell what they hold. */
class KillIT {
    private static final int ROUNDS = 50;
    private static final int PEERS = 12;
    private static final long MAX_NANOS = 300_000_000;

    @RegisterExtension
    private final Site site = new Site();

    private final Random random = new Random(1);
    private final List<RecordedPeer> peers = new ArrayList<>();

    @Test
    void everythingThatWasAcknowledgedIsThereAgainAndNothingThatWasWithdrawn() throws Exception {
        for (int i = 0; i < PEERS; i++) {
            peers.add(new RecordedPeer(i));
        }
        int doubts = 0;
        long changes = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round <= ROUNDS; round++) {
                var broker = site.brokerFor("http://127.0.0.1:1", "--set", "lease.ttl=1h", "--set",
                        "lease.heartbeat=30m");
                var registry = new RegistryClient(URI.create(site.edge()));
                for (RecordedPeer peer : peers) {
                    doubts += peer.isInDoubt() ? 1 : 0;
                    peer.check(registry);
                }
                assertThat(site.metrics().sum("fingerpost_registry_peers", ""))
                        .isEqualTo(peers.stream().filter(RecordedPeer::isRegistered).count());
                assertThat(site.holdings()).isEqualTo(peers.stream().mapToInt(RecordedPeer::holdings).sum());

                List<Future<Integer>> lives = peers.stream()
                        .map(peer -> threads.submit(() -> peer.liveUntilTheBrokerIsGone(registry))).toList();
                LockSupport.parkNanos(random.nextLong(MAX_NANOS));
                broker.kill();
                for (Future<Integer> life : lives) {
                    changes += life.get();
                }
            }
        } finally {
            peers.forEach(RecordedPeer::close);
        }
        assertThat(changes).isGreaterThan(10 * ROUNDS);
        assertThat(doubts).isPositive(); // else no kill ever hit anything
    }
}
