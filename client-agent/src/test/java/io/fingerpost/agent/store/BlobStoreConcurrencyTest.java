package io.fingerpost.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreConcurrencyTest {
    private static final List<Content> CONTENTS = IntStream.range(0, 12).mapToObj(i -> Content.of(1_000 + i, i))
            .toList();
    private static final long MAX_BYTES = 8_000;

    @TempDir
    private Path directory;

    @Test
    void staysWithinItsLimitAndGivesOnlyWholeBlobsUnderManyThreads() throws Exception {
        var store = BlobStore.open(directory, MAX_BYTES, InstantSource.system());
        List<Callable<Void>> work = IntStream.range(0, 4).<Callable<Void>>mapToObj(worker -> () -> {
            var random = new Random(worker);
            for (int i = 0; i < 60; i++) {
                use(store, CONTENTS.get(random.nextInt(CONTENTS.size())));
                assertThat(store.usedBytes()).isLessThanOrEqualTo(MAX_BYTES);
            }
            return null;
        }).toList();

        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }

        assertThat(store.usedBytes()).isEqualTo(
                CONTENTS.stream().filter(content -> store.held(content.digest()).isPresent()).mapToLong(Content::size)
                        .sum());
        var reopened = BlobStore.open(directory, MAX_BYTES, InstantSource.system());
        assertThat(reopened.count()).isEqualTo(store.count());
    }

    private static void use(BlobStore store, Content content) throws IOException {
        var found = store.find(content.digest());
        if (found.isEmpty()) {
            try (var incoming = store.begin(content.size())) {
                incoming.write(ByteBuffer.wrap(content.bytes()), 0);
                incoming.commit(content.representation());
            }
            return;
        }
        try {
            assertThat(Files.readAllBytes(found.get().file())).isEqualTo(content.bytes());
        } catch (NoSuchFileException e) {
            // evicted between finding and opening, as a blob may be at any time
        }
    }
}
