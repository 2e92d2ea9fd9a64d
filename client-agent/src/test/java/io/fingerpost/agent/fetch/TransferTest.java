package io.fingerpost.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.Incoming;
import io.fingerpost.agent.testing.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TransferTest {
    private static final Content FILE = Content.of(10_000, 1);
    private static final Executor THREADS = Thread::startVirtualThread;

    @TempDir
    private Path directory;
    private BlobStore store;
    private Incoming incoming;
    private Transfer transfer;

    @BeforeEach
    void begin() throws IOException {
        store = BlobStore.open(directory, 100_000, InstantSource.system());
        incoming = store.begin(FILE.size());
        transfer = new Transfer(incoming, FILE.size(), FILE.representation().headers().fields(),
                Optional.of(FILE.digest()));
    }

    private void write(int first, int last) throws IOException {
        incoming.write(ByteBuffer.wrap(FILE.part(first, last)), first);
    }

    private static byte[] read(Transfer.Reader reader, int atMost) throws IOException {
        var buffer = ByteBuffer.allocate(atMost);
        reader.read(buffer);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static CompletableFuture<byte[]> drain(Transfer.Reader reader, int step) {
        return CompletableFuture.supplyAsync(() -> {
            var all = new ByteArrayOutputStream();
            var buffer = ByteBuffer.allocate(step);
            try (reader) {
                while (reader.read(buffer.clear()) >= 0) {
                    all.write(buffer.array(), 0, buffer.position());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return all.toByteArray();
        }, THREADS);
    }

    private long incomingFiles() throws IOException {
        try (var files = Files.list(directory.resolve("incoming"))) {
            return files.count();
        }
    }

    @Test
    void givesReadersOfAnySpeedTheSameBytes() throws Exception {
        var fast = drain(transfer.reader().orElseThrow(), 4_096);
        var slow = drain(transfer.reader().orElseThrow(), 7);
        for (int at = 0; at < FILE.size(); at += 1_000) {
            write(at, at + 999);
            transfer.advance(at + 1_000);
        }
        incoming.commit(FILE.representation());
        transfer.complete();

        assertThat(fast.get()).isEqualTo(FILE.bytes());
        assertThat(slow.get()).isEqualTo(FILE.bytes());
    }

    @Test
    void letsALateReaderBeginAtTheStart() throws Exception {
        write(0, 4_999);
        transfer.advance(5_000);
        var late = transfer.reader().orElseThrow();

        assertThat(read(late, 5_000)).isEqualTo(FILE.part(0, 4_999));

        var rest = drain(late, 1_000);
        write(5_000, 9_999);
        transfer.complete();
        assertThat(rest.get()).isEqualTo(FILE.from(5_000));
    }

    @Test
    void hidesWhatIsWrittenButNotVerified() throws Exception {
        var reader = transfer.reader().orElseThrow();
        write(0, 4_999);
        transfer.advance(3_000);

        assertThat(read(reader, 10_000)).isEqualTo(FILE.part(0, 2_999));

        var next = CompletableFuture.runAsync(() -> {
            try {
                read(reader, 1);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, THREADS);
        Awaitility.await().during(Duration.ofMillis(100)).until(() -> !next.isDone());
        transfer.advance(3_001);
        next.get();
        assertThat(reader.position()).isEqualTo(3_001);
    }

    @Test
    void leavesTheRestOfABufferAloneThatIsToTakeLess() throws IOException {
        var reader = transfer.reader().orElseThrow();
        write(0, 99);
        transfer.advance(100);
        var buffer = ByteBuffer.allocate(50).limit(10);

        assertThat(reader.read(buffer)).isEqualTo(10);
        assertThat(reader.position()).isEqualTo(10);
    }

    @Test
    void tellsOfAFailureOnlyAfterTheBytesThatWereVerified() throws IOException {
        var reader = transfer.reader().orElseThrow();
        write(0, 4_999);
        transfer.advance(5_000);
        transfer.fail(new IOException("all sources failed"));

        assertThat(read(reader, 4_000)).isEqualTo(FILE.part(0, 3_999));
        assertThat(read(reader, 4_000)).isEqualTo(FILE.part(4_000, 4_999));
        assertThatThrownBy(() -> read(reader, 1)).isInstanceOf(IOException.class).hasMessage("all sources failed");
    }

    @Test
    void wakesAReaderThatWaitsWhenTheTransferFails() {
        var waiting = drain(transfer.reader().orElseThrow(), 100);

        transfer.fail(new IOException("all sources failed"));

        assertThatThrownBy(waiting::get).hasRootCauseMessage("all sources failed");
    }

    @Test
    void takesNoReaderWhenAllIsOver() throws IOException {
        write(0, 9_999);
        incoming.commit(FILE.representation());
        transfer.complete();

        assertThat(transfer.reader()).isEmpty();
    }

    @Test
    void takesAReaderForAsLongAsAnotherReads() throws Exception {
        var first = transfer.reader().orElseThrow();
        write(0, 9_999);
        incoming.commit(FILE.representation());
        transfer.complete();

        var second = transfer.reader().orElseThrow();

        first.close();
        assertThat(drain(second, 512).get()).isEqualTo(FILE.bytes());
    }

    @Test
    void saysEndAgainAndAgain() throws IOException {
        var reader = transfer.reader().orElseThrow();
        write(0, 9_999);
        transfer.complete();
        assertThat(read(reader, 10_000)).hasSize(10_000);

        assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(reader.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void removesTheFileOfAFailureWhenTheLastReaderLeft() throws IOException {
        var reader = transfer.reader().orElseThrow();
        write(0, 4_999);
        transfer.fail(new IOException("all sources failed"));
        assertThat(incomingFiles()).isEqualTo(1);

        reader.close();

        assertThat(incomingFiles()).isZero();
        assertThat(store.count()).isZero();
    }

    @Test
    void keepsReadersGoingWhenTheBlobIsEvictedUnderThem() throws Exception {
        var reader = transfer.reader().orElseThrow();
        write(0, 9_999);
        incoming.commit(FILE.representation());
        transfer.complete();
        store.begin(100_000).close(); // leaves room for nothing else

        assertThat(store.contains(FILE.digest())).isFalse();
        assertThat(drain(reader, 999).get()).isEqualTo(FILE.bytes());
    }

    @Test
    void carriesFieldsAndDigestForWhoPassesItOn() {
        assertThat(transfer.headers()).containsEntry("ETag", FILE.etag());
        assertThat(transfer.digest()).contains(FILE.digest());
        assertThat(Map.copyOf(transfer.headers())).isEqualTo(FILE.representation().headers().fields());
    }
}
