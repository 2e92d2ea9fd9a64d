package io.fingerpost.registry.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.ByteSize;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepresentationTableTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ResourceId MAP = new ResourceId("/maps/alps.pak?v=1");
    private static final ResourceId COPY = new ResourceId("/maps/alps.pak?v=2");

    private final RepresentationTable table = new RepresentationTable(new ByteSize(1 << 20));

    private static Representation representation(int number, String etag) {
        var digest = Sha256.digestOf(ByteBuffer.allocate(4).putInt(number).array());
        return new Representation(digest, 10, new ReplayedHeaders(Map.of("ETag", etag)),
                PieceHashes.of(List.of(digest)));
    }

    @Test
    void knowsWhatItLearned() {
        var representation = representation(1, "\"a\"");

        table.learn(MAP, representation, NOW);

        assertThat(table.lookup(MAP)).hasValue(new Binding(representation, NOW));
        assertThat(table.find(representation.digest())).hasValue(representation);
        assertThat(table.lookup(COPY)).isEmpty();
    }

    @Test
    void believesABindingUntilAndNotAtItsEnd() {
        var binding = new Binding(representation(1, "\"a\""), NOW);

        assertThat(binding.isFresh(NOW.minusMillis(1))).isTrue();
        assertThat(binding.isFresh(NOW)).isFalse();
    }

    @Test
    void replacesWhatAResourceWas() {
        table.learn(MAP, representation(1, "\"a\""), NOW);

        table.learn(MAP, representation(2, "\"b\""), NOW.plusSeconds(1));

        assertThat(table.lookup(MAP)).hasValue(new Binding(representation(2, "\"b\""), NOW.plusSeconds(1)));
    }

    @Test
    void believesLongerWhatTheOriginConfirms() {
        table.learn(MAP, representation(1, "\"a\""), NOW);

        table.confirm(MAP, "\"a\"", NOW.plusSeconds(60));

        assertThat(table.lookup(MAP)).hasValue(new Binding(representation(1, "\"a\""), NOW.plusSeconds(60)));
        assertThat(table.find(representation(1, "\"a\"").digest())).isPresent();
    }

    @Test
    void forgetsAtOnceWhatTheOriginHasUnderAnotherEtag() {
        table.learn(MAP, representation(1, "\"a\""), NOW);

        table.confirm(MAP, "\"b\"", NOW.plusSeconds(60));

        assertThat(table.lookup(MAP)).isEmpty();
    }

    @Test
    void learnsNothingFromAConfirmationAlone() {
        table.confirm(MAP, "\"a\"", NOW.plusSeconds(60));

        assertThat(table.lookup(MAP)).isEmpty();
    }

    @Test
    void forgetsAResourceAndNoOther() {
        table.learn(MAP, representation(1, "\"a\""), NOW);
        table.learn(COPY, representation(1, "\"a\""), NOW);

        table.forget(MAP);

        assertThat(table.lookup(MAP)).isEmpty();
        assertThat(table.lookup(COPY)).isPresent();
    }

    @Test
    void remembersWhatTheOriginDoesNotWantShared() {
        table.learn(MAP, representation(1, "\"a\""), NOW);

        table.refuse(MAP);

        assertThat(table.lookup(MAP)).isEmpty();
        assertThat(table.isUnlabelled(MAP)).isTrue();
        assertThat(table.isUnlabelled(COPY)).isFalse();
    }

    @Test
    void sharesAgainWhatTheOriginWantsSharedAgain() {
        table.refuse(MAP);

        table.learn(MAP, representation(1, "\"a\""), NOW);

        assertThat(table.isUnlabelled(MAP)).isFalse();
        assertThat(table.lookup(MAP)).isPresent();
    }

    @Test
    void staysWithinItsMemory() {
        var small = new RepresentationTable(new ByteSize(100_000));

        for (int i = 0; i < 5_000; i++) {
            small.learn(new ResourceId("/tiles/" + i), representation(i, "\"a\""), NOW);
        }

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(small.size()).isBetween(1L, 100L));
    }

    /** Two URLs of one file are two resources with equal bytes; one of them going must not take the other's plan along. */
    @Test
    void findsADigestAsLongAsAnyResourceHasIt() {
        table.learn(MAP, representation(1, "\"a\""), NOW);
        table.learn(COPY, representation(1, "\"b\""), NOW);

        table.forget(COPY);
        collectGarbage();

        assertThat(table.find(representation(1, "").digest())).isPresent();
    }

    @Test
    void findsTheLatestHeadersOfADigest() {
        table.learn(MAP, representation(1, "\"a\""), NOW);

        table.learn(MAP, representation(1, "\"b\""), NOW);

        assertThat(table.find(representation(1, "").digest())).hasValue(representation(1, "\"b\""));
    }

    @Test
    void forgetsADigestThatNoResourceHas() {
        table.learn(MAP, representation(1, "\"a\""), NOW);
        table.forget(MAP);

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            collectGarbage();
            assertThat(table.find(representation(1, "").digest())).isEmpty();
        });
    }

    private static void collectGarbage() {
        var witness = new WeakReference<>(new Object());
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            System.gc();
            return witness.refersTo(null);
        });
    }
}
