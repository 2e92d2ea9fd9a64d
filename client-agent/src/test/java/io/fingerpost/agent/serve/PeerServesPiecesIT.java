package io.fingerpost.agent.serve;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.store.Partial;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.Peer;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that still fetches, and holds pieces 1, 2 and 4 of five. */
@Timeout(30)
class PeerServesPiecesIT {
    private static final Content FILM = Content.of(4 * PIECE + 777, 1);

    @RegisterExtension
    private final Peer peer = new Peer(1, 100 << 20);
    private Partial partial;

    @BeforeEach
    void hold() throws IOException {
        partial = peer.store().partial(FILM.representation());
        fetch(1);
        fetch(2);
        fetch(4);
    }

    @AfterEach
    void close() {
        partial.close();
    }

    private void fetch(int piece) throws IOException {
        int length = FILM.representation().layout().length(piece);
        partial.write(ByteBuffer.wrap(FILM.bytes(), piece * PIECE, length), (long) piece * PIECE);
        assertThat(partial.verify(piece)).isTrue();
    }

    private HttpResponse<byte[]> get(String... fields) throws IOException {
        Awaitility.await().until(() -> peer.uploads().report().active() == 0);
        return Http.get(peer.url(FILM.digest()), fields);
    }

    private static String range(int first, int last) {
        return "bytes=" + first + "-" + last;
    }

    private static String field(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    private static void assertPart(HttpResponse<byte[]> answer, int first, int last) {
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(field(answer, "Content-Range")).isEqualTo("bytes " + first + "-" + last + "/" + FILM.size());
        assertThat(answer.body()).isEqualTo(FILM.part(first, last));
        assertThat(answer.headers().firstValue("Content-Digest"))
                .isIn(Optional.empty(), Optional.of(DigestField.format(Sha256.digestOf(FILM.part(first, last)))));
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILM.digest()));
        assertThat(field(answer, "ETag")).isEqualTo(FILM.etag());
    }

    private static void assertNotHeld(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(field(answer, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(field(answer, "Cache-Control")).isEqualTo("no-store");
        assertThat(answer.headers().map()).doesNotContainKeys("repr-digest", "etag", "content-range", "last-modified");
    }

    @Test
    void servesAVerifiedPieceWhileOthersAreMissing() throws IOException {
        assertPart(get("Range", range(PIECE, 2 * PIECE - 1)), PIECE, 2 * PIECE - 1);
        assertPart(get("Range", range(4 * PIECE, FILM.size() - 1)), 4 * PIECE, FILM.size() - 1);
        assertPart(get("Range", "bytes=-777"), 4 * PIECE, FILM.size() - 1);
    }

    /** As the registry asks when it wants to see whether the peer has what it announced. */
    @Test
    void servesAnyRangeThatLiesInVerifiedPieces() throws IOException {
        assertPart(get("Range", range(PIECE + 17, PIECE + 4_000)), PIECE + 17, PIECE + 4_000);
        assertPart(get("Range", range(2 * PIECE - 5, 3 * PIECE - 1)), 2 * PIECE - 5, 3 * PIECE - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-0", "bytes=0-65535", "bytes=65535-65536", "bytes=131072-196608", "bytes=65536-",
            "bytes=-778", "bytes=0-", "bytes=0-5,7-9"})
    void refusesWhatIsNotAllVerified(String range) throws IOException {
        var answer = get("Range", range);

        assertNotHeld(answer);
        assertThat(answer.body()).asString().contains("pieces-not-held").contains("range");
    }

    @Test
    void refusesTheWhole() throws IOException {
        assertNotHeld(get());
        assertNotHeld(get("Range", range(PIECE, PIECE), "If-Range", "\"another\""));
        assertNotHeld(Http.send("HEAD", peer.url(FILM.digest())));
    }

    @Test
    void saysHowLongTheFileIsWhenARangeLiesOutside() throws IOException {
        var answer = get("Range", "bytes=" + FILM.size() + "-");

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(field(answer, "Content-Range")).isEqualTo("bytes */" + FILM.size());
    }

    @Test
    void givesNothingAwayWithoutATicket() throws IOException {
        assertThat(Http.get(peer.url(FILM.digest(), ""), "Range", range(PIECE, PIECE)).statusCode()).isEqualTo(403);
    }

    @Test
    void servesAPieceFromTheMomentItIsVerified() throws IOException {
        partial.write(ByteBuffer.wrap(FILM.bytes(), 0, PIECE), 0);
        assertNotHeld(get("Range", range(0, PIECE - 1)));

        partial.verify(0);

        assertPart(get("Range", range(0, PIECE - 1)), 0, PIECE - 1);
    }

    @Test
    void keepsWhoWaitsUntilThePieceIsVerified() throws Exception {
        partial.write(ByteBuffer.wrap(FILM.bytes(), 0, PIECE), 0);
        var answer = CompletableFuture.supplyAsync(() -> waiting(range(0, PIECE - 1), 2));
        Awaitility.await().until(() -> peer.uploads().report().active() == 1);
        assertThat(answer).isNotDone();

        partial.verify(0);

        assertPart(answer.get(), 0, PIECE - 1);
    }

    @Test
    void keepsNobodyForLong() {
        var answer = waiting(range(0, PIECE - 1), 1);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(field(answer, "Retry-After")).isEqualTo("2");
        assertThat(field(answer, "Preference-Applied")).isEqualTo("wait");
        assertThat(answer.body()).asString().contains("piece-delayed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=65535-65536", "bytes=0-", "bytes=0-5,7-9"})
    void keepsNobodyWhoWantsMoreThanOnePiece(String range) {
        assertNotHeld(waiting(range, 2));
    }

    private HttpResponse<byte[]> waiting(String range, int seconds) {
        try {
            return get("Range", range, "Prefer", "wait=" + seconds);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void servesTheWholeFromItsLastPieceOn() throws IOException {
        fetch(0);
        fetch(3);
        assertThat(get().body()).isEqualTo(FILM.bytes());

        partial.commit();
        partial.close();

        assertThat(get().body()).isEqualTo(FILM.bytes());
        assertPart(get("Range", range(PIECE, 2 * PIECE - 1)), PIECE, 2 * PIECE - 1);
        partial = peer.store().partial(Content.of(PIECE, 2).representation()); // for the end of the test
    }

    @Test
    void servesWhatATransferLeftBehind() throws IOException {
        partial.close();

        assertPart(get("Range", range(PIECE, 2 * PIECE - 1)), PIECE, 2 * PIECE - 1);
        partial = peer.store().partial(FILM.representation());
    }
}
