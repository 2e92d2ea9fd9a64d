package io.fingerpost.registry.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.MemoryStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of resources is known after a restart, and what was forgotten is not. */
class KeptRepresentationsTest {
    private static final ResourceId MAP = new ResourceId("a.example", "/map?v=1");
    private static final ResourceId COPY = new ResourceId("/copy");
    private static final Sha256 OTHER_RULES = Sha256.digestOf(new byte[] {8});

    @TempDir
    private Path folder;

    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(folder.resolve("registry"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Representation version(int number) {
        return Representation.ofDigest(Sha256.digestOf(new byte[] {(byte) number}), 300_000,
                new ReplayedHeaders(Map.of("ETag", "\"" + number + "\"", "Content-Type", "text/plain; charset=\"é\"")));
    }

    private void learn(ResourceId resource, Representation representation, Instant freshUntil) {
        fixture.representations().learn(resource, representation, freshUntil);
    }

    @Test
    void whatWasLearnedIsKnownAndAsFreshAsBefore() {
        learn(MAP, version(1), StoreFixture.LEASE_END.plusNanos(7));

        fixture.restart();

        assertThat(fixture.representations().lookup(MAP))
                .contains(new Binding(version(1), StoreFixture.LEASE_END.plusNanos(7)));
    }

    @Test
    void whatWasConfirmedIsFreshForLonger() {
        learn(MAP, version(1), StoreFixture.NOW);
        fixture.restart();
        fixture.representations().confirm(MAP, "\"1\"", StoreFixture.LEASE_END);

        fixture.restart();

        assertThat(fixture.representations().lookup(MAP)).contains(new Binding(version(1), StoreFixture.LEASE_END));
    }

    @Test
    void whatWasForgottenRefusedOrReplacedDoesNotComeBack() {
        learn(MAP, version(1), StoreFixture.LEASE_END);
        learn(COPY, version(1), StoreFixture.LEASE_END);
        var other = new ResourceId("/other");
        learn(other, version(1), StoreFixture.LEASE_END);
        fixture.restart();
        fixture.representations().forget(MAP);
        fixture.representations().refuse(COPY);
        learn(other, version(2), StoreFixture.LEASE_END);

        fixture.restart();

        assertThat(fixture.representations().lookup(MAP)).isEmpty();
        assertThat(fixture.representations().lookup(COPY)).isEmpty();
        assertThat(fixture.representations().lookup(other)).map(Binding::representation).contains(version(2));
    }

    @Test
    void whatWasLearnedUnderOtherRulesIsStaleForGood() {
        learn(MAP, version(1), StoreFixture.LEASE_END);

        fixture.restartUnder(OTHER_RULES);
        assertThat(fixture.representations().lookup(MAP)).contains(new Binding(version(1), Instant.EPOCH));
        learn(COPY, version(1), StoreFixture.LEASE_END);
        fixture.restart();

        assertThat(fixture.representations().lookup(MAP)).contains(new Binding(version(1), Instant.EPOCH));
        assertThat(fixture.representations().lookup(COPY)).contains(new Binding(version(1), StoreFixture.LEASE_END));
    }

    @Test
    void aChangeOfTheRulesThatWasCompletedLeavesTheRestFresh() {
        learn(MAP, version(1), StoreFixture.LEASE_END);
        learn(COPY, version(1), StoreFixture.LEASE_END);
        fixture.store().suspendRules();
        fixture.representations().forgetIf(COPY::equals);
        fixture.store().rule(OTHER_RULES);

        fixture.restartUnder(OTHER_RULES);

        assertThat(fixture.representations().lookup(MAP)).contains(new Binding(version(1), StoreFixture.LEASE_END));
        assertThat(fixture.representations().lookup(COPY)).isEmpty();
    }

    @Test
    void aChangeOfTheRulesThatWasNotCompletedMakesAllStale() {
        learn(MAP, version(1), StoreFixture.LEASE_END);
        fixture.store().suspendRules();

        fixture.restartUnder(OTHER_RULES);

        assertThat(fixture.representations().lookup(MAP)).contains(new Binding(version(1), Instant.EPOCH));
    }

    @Test
    void bytesThatHadDifferentFieldsStayAmbiguous() {
        learn(MAP, version(1), StoreFixture.LEASE_END);
        learn(COPY, new Representation(version(1).digest(), version(1).size(), new ReplayedHeaders(Map.of()),
                version(1).pieces()), StoreFixture.LEASE_END);
        fixture.representations().forget(MAP);

        fixture.restart();

        assertThat(fixture.representations().peek(COPY)).isNotNull()
                .matches(known -> known.namesakes().isAmbiguous());
    }

    /** More than are remembered until they are written: then all are written anew. */
    @Test
    void manyChangesAtATimeLoseNothingAndBringNothingBack() {
        for (int i = 0; i < 300; i++) {
            learn(new ResourceId("/" + i), version(1), StoreFixture.LEASE_END);
        }
        fixture.restart();
        var changes = new ChangedResources(10, () -> {});
        var kept = new Kept(new MemoryStore(), fixture.representations());
        fixture.representations().watch(changes);
        fixture.representations().forgetIf(resource -> Integer.parseInt(resource.target().substring(1)) < 100);
        var copy = new Kept(new MemoryStore(), StoreFixture.newRepresentations());
        for (int i = 0; i < 300; i++) {
            copy.representations.learn(new ResourceId("/" + i), version(1), StoreFixture.LEASE_END);
        }

        assertThatNoException()
                .isThrownBy(() -> changes.tell(kept, change -> copy.apply(change, StoreFixture::peer)));

        assertThat(changes.isEmpty()).isTrue();
        for (int i = 0; i < 300; i++) {
            boolean fresh = copy.representations.lookup(new ResourceId("/" + i))
                    .filter(binding -> binding.freshUntil().isAfter(StoreFixture.NOW)).isPresent();
            assertThat(fresh).isEqualTo(i >= 100);
        }
    }
}
