package io.fingerpost.registry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.testing.redis.RedisProcess;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that stood still for longer than leases last. */
class HeldUpProcessTest {
    private static final Sha256 MAP = Sha256.digestOf(new byte[] {1});

    private RedisProcess redis;
    private SharedFixture registry;
    private SharedFixture heldUp;

    @BeforeEach
    void start() {
        redis = RedisProcess.start();
        registry = new SharedFixture(redis.url());
        heldUp = new SharedFixture(redis.url());
    }

    @AfterEach
    void stop() {
        heldUp.close();
        registry.close();
        redis.close();
    }

    @Test
    void stillKnowsHoldersWhoseLeasesWereExtendedElsewhere() {
        Peer anna = RegistryStoreContract.peer(1, Instant.now().plusSeconds(60));
        registry.store().admit(anna);
        registry.store().hold(anna.id(), MAP, PieceSet.all(4));
        heldUp.store().bring(MAP).join();
        // What it saw last of the lease has ended; the lease has not.
        heldUp.store().renew(anna.id(), Instant.now().minusSeconds(1));

        assertThat(heldUp.store().removeExpired(Instant.now())).isZero();

        assertThat(heldUp.store().holders(MAP).live(Instant.now())).extracting(Holder::peer).extracting(Peer::id)
                .containsExactly(anna.id());
    }
}
