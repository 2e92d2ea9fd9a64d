package io.fingerpost.agent.store;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCheckTest {
    private static final Content FIRST = Content.of(2 * PIECE, 1);
    private static final Content SECOND = Content.of(500, 2);
    private static final Content THIRD = Content.of(700, 3);

    @TempDir
    private Path directory;
    private BlobStore store;

    @BeforeEach
    void fill() throws IOException {
        store = BlobStore.open(directory, 1 << 20, InstantSource.system());
        for (Content content : new Content[] {FIRST, SECOND, THIRD}) {
            try (var incoming = store.begin(content.size())) {
                incoming.write(ByteBuffer.wrap(content.bytes()), 0);
                incoming.commit(content.representation());
            }
        }
    }

    @Test
    void findsAllRight() throws IOException {
        assertThat(StoreCheck.of(store)).isEqualTo(
                new StoreCheck(3, FIRST.size() + SECOND.size() + THIRD.size(), List.of()));
    }

    @Test
    void removesWhatIsDamaged() throws IOException {
        Files.write(store.find(FIRST.digest()).orElseThrow().file(), FIRST.withWrongBitAt(PIECE));

        var check = StoreCheck.of(store);

        assertThat(check.damaged()).containsExactly(FIRST.digest());
        assertThat(check.sound()).isEqualTo(2);
        assertThat(store.contains(FIRST.digest())).isFalse();
        assertThat(StoreCheck.of(store).damaged()).isEmpty();
    }

    @Test
    void collectsWhatIsIncompleteFirstAndThenWhatWasUsedLeastLately() throws IOException {
        var left = Content.of(3 * PIECE, 4);
        try (var partial = store.partial(left.representation())) {
            partial.write(ByteBuffer.wrap(left.part(0, PIECE - 1)), 0);
            assertThat(partial.verify(0)).isTrue();
        }

        assertThat(store.collect(Long.MAX_VALUE)).isEqualTo(PIECE);
        assertThat(store.count()).isEqualTo(3);

        assertThat(store.collect(SECOND.size() + THIRD.size())).isEqualTo(FIRST.size());
        assertThat(store.contains(SECOND.digest())).isTrue();
        assertThat(store.collect(0)).isEqualTo(SECOND.size() + THIRD.size());
        assertThat(store.usedBytes()).isZero();
    }
}
