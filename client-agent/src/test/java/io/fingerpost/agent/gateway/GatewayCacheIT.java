package io.fingerpost.agent.gateway;

import static io.fingerpost.agent.gateway.GatewayRig.field;
import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.api.Order;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway as a cache (RFC 9111) and as a proxy. */
@Timeout(40)
class GatewayCacheIT {
    private static final String RESOURCE = "/maps/desert.pak";
    private static final Content FILE = Content.of(4 * PIECE + 99, 1);
    private static final Content LASTING = FILE.cached("public, max-age=60");

    @RegisterExtension
    private final GatewayRig gateway = new GatewayRig();
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(FILE));

    private void store(Content content) throws IOException {
        gateway.broker().originServes(RESOURCE, content);
        gateway.store(RESOURCE);
    }

    private int asked() {
        return gateway.broker().calls(RESOURCE).size();
    }

    @Test
    void asksNobodyWhileTheOriginSaysThatItWillDo() throws IOException {
        store(LASTING);
        int before = asked();

        var answer = gateway.get(RESOURCE);

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(asked()).isEqualTo(before);
        assertThat(field(answer, "Cache-Status")).matches("fingerpost-agent; hit; ttl=(60|5\\d)");
        assertThat(Integer.parseInt(field(answer, "Age"))).isBetween(0, 30);
    }

    @ParameterizedTest
    @ValueSource(strings = {"public", "max-age=0", "max-age=60, no-cache", "max-age=soon", "no-cache", "s-maxage=60"})
    void asksWhenTheOriginDoesNotSayThatItWillDo(String cacheControl) throws IOException {
        store(FILE.cached(cacheControl));
        int before = asked();

        var answer = gateway.get(RESOURCE);

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(asked()).isEqualTo(before + 1);
        assertThat(gateway.broker().calls(RESOURCE).getLast().field("If-None-Match")).contains(FILE.etag());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; hit");
    }

    @Test
    void asksWhenTheProgramWantsItConfirmed() throws IOException {
        store(LASTING);
        int before = asked();

        assertThat(gateway.get(RESOURCE, "Cache-Control", "max-age=0").body()).isEqualTo(FILE.bytes());

        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void asksNobodyWhenTheProgramSaysSo() throws IOException {
        gateway.broker().originServes(RESOURCE, FILE);

        assertThat(gateway.get(RESOURCE, "Cache-Control", "only-if-cached").statusCode()).isEqualTo(504);
        assertThat(asked()).isZero();

        store(LASTING);
        int before = asked();

        assertThat(gateway.get(RESOURCE, "Cache-Control", "only-if-cached").body()).isEqualTo(FILE.bytes());
        assertThat(asked()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"If-None-Match|\"version-1\"", "If-None-Match|W/\"version-1\"",
            "If-None-Match|\"other\", \"version-1\"", "If-None-Match|*",
            "If-Modified-Since|Thu, 01 Jan 2026 00:00:00 GMT", "If-Modified-Since|Fri, 02 Jan 2026 00:00:00 GMT"})
    void saysThatNothingWasModified(String name, String value) throws IOException {
        store(LASTING);
        int before = asked();

        var answer = gateway.get(RESOURCE, name, value);

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
        assertThat(asked()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"If-None-Match|\"other\"",
            "If-Modified-Since|Wed, 31 Dec 2025 23:59:59 GMT", "If-Modified-Since|yesterday"})
    void sendsWhatWasModified(String name, String value) throws IOException {
        store(LASTING);

        var answer = gateway.get(RESOURCE, name, value);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
    }

    @Test
    void confirmsWhatIsOldBeforeItSaysThatNothingWasModified() throws IOException {
        store(FILE);
        int before = asked();

        assertThat(gateway.get(RESOURCE, "If-None-Match", FILE.etag()).statusCode()).isEqualTo(304);

        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void answersHeadFromTheStore() throws IOException {
        store(LASTING);
        int before = asked();

        var answer = Http.send("HEAD", gateway.url(RESOURCE));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "Cache-Status")).startsWith("fingerpost-agent; hit");
        assertThat(asked()).isEqualTo(before);
    }

    @Test
    void answersARangeUnderAConditionFromTheStore() throws IOException {
        store(LASTING);

        var same = gateway.get(RESOURCE, "Range", "bytes=10-19", "If-Range", FILE.etag());
        var other = gateway.get(RESOURCE, "Range", "bytes=10-19", "If-Range", "\"other\"");

        assertThat(same.statusCode()).isEqualTo(206);
        assertThat(same.body()).isEqualTo(FILE.part(10, 19));
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(FILE.bytes());
    }

    /** The last pieces are held back by the peer until the part was there. */
    @Test
    void sendsAPartOfWhatIsOnItsWayAsSoonAsItIsThere() throws Exception {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));
        var gate = new CountDownLatch(1);
        peer.script(call -> {
            call.head(200, "Content-Length: " + FILE.size() + "\r\nETag: " + FILE.etag());
            call.send(FILE.part(0, 2 * PIECE - 1));
            call.awaitGate(gate);
            call.send(FILE.from(2 * PIECE));
        });
        try (var programs = Executors.newVirtualThreadPerTaskExecutor()) {
            var whole = programs.submit(() -> gateway.get(RESOURCE));
            await().until(() -> !peer.calls().isEmpty());

            var part = gateway.get(RESOURCE, "Range", "bytes=" + PIECE + "-" + (2 * PIECE - 1));

            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(FILE.part(PIECE, 2 * PIECE - 1));
            assertThat(field(part, "Content-Range"))
                    .isEqualTo("bytes " + PIECE + "-" + (2 * PIECE - 1) + "/" + FILE.size());
            assertThat(whole.isDone()).isFalse();

            gate.countDown();

            assertThat(gateway.get(RESOURCE, "Range", "bytes=-5").body()).isEqualTo(FILE.from(FILE.size() - 5));
            assertThat(whole.get().body()).isEqualTo(FILE.bytes());
        }
        assertThat(peer.calls()).hasSize(1);
    }

    @Test
    void fetchesTheWholeForWhoWantsTheRestOfIt() throws IOException {
        gateway.join();
        gateway.broker().originServes(RESOURCE, FILE);
        gateway.broker().registry().plans(RESOURCE, FILE,
                new Order(FILE.digest(), Optional.empty(), Optional.empty(), List.of(0, 1, 2, 3, 4)));

        var answer = gateway.get(RESOURCE, "Range", "bytes=" + PIECE + "-");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.from(PIECE));
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=uri-miss; stored");
        await().until(() -> gateway.blobs().contains(FILE.digest()));
    }

    @Test
    void whatCameFromACacheIsAsOldAsItSays() throws IOException {
        gateway.broker().on(RESOURCE, Scripts.serving(LASTING, FakeBroker.SHAREABLE, "Age: 59"));
        gateway.store(RESOURCE);

        assertThat(Integer.parseInt(field(gateway.get(RESOURCE), "Age"))).isBetween(59, 90);

        gateway.broker().on(RESOURCE, Scripts.serving(LASTING, FakeBroker.SHAREABLE, "Age: 61"));
        assertThat(gateway.get(RESOURCE, "Cache-Control", "max-age=0").body()).isEqualTo(FILE.bytes());
        int before = asked();
        gateway.get(RESOURCE);
        assertThat(asked()).isEqualTo(before + 1);
    }

    @Test
    void whatThe304SaysCounts() throws IOException {
        store(FILE);
        gateway.broker().on(RESOURCE, Scripts.serving(LASTING, FakeBroker.SHAREABLE));
        gateway.get(RESOURCE);
        int before = asked();
        assertThat(field(gateway.get(RESOURCE), "Cache-Control")).startsWith("public, max-age=60");
        assertThat(asked()).isEqualTo(before);

        gateway.broker().on(RESOURCE, Scripts.serving(FILE.cached("private"), FakeBroker.SHAREABLE));
        var answer = gateway.get(RESOURCE, "Cache-Control", "max-age=0");
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
    }

    @Test
    void doesNotWaitForAPartThatIsFarAhead() throws Exception {
        var large = Content.of(100 * PIECE, 5);
        gateway.broker().redirects(RESOURCE, large, List.of(peer.url("/x")));
        var gate = new CountDownLatch(1);
        peer.script(call -> {
            call.head(200, "Content-Length: " + large.size() + "\r\nETag: " + large.etag());
            call.send(large.part(0, PIECE));
            call.awaitGate(gate);
            call.send(large.from(PIECE + 1));
        });
        try (var programs = Executors.newVirtualThreadPerTaskExecutor()) {
            var whole = programs.submit(() -> gateway.get(RESOURCE));
            await().until(() -> !peer.calls().isEmpty());

            assertThat(gateway.get(RESOURCE, "Range", "bytes=-9").body()).isEqualTo(large.from(large.size() - 9));

            gate.countDown();
            assertThat(whole.get().body()).isEqualTo(large.bytes());
        }
    }

    @Test
    void refusesAPartThatIsNotThere() throws Exception {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));
        var gate = new CountDownLatch(1);
        peer.script(call -> {
            call.head(200, "Content-Length: " + FILE.size() + "\r\nETag: " + FILE.etag());
            call.send(FILE.part(0, PIECE));
            call.awaitGate(gate);
            call.send(FILE.from(PIECE + 1));
        });
        try (var programs = Executors.newVirtualThreadPerTaskExecutor()) {
            var whole = programs.submit(() -> gateway.get(RESOURCE));
            await().until(() -> !peer.calls().isEmpty());

            var answer = gateway.get(RESOURCE, "Range", "bytes=" + FILE.size() + "-");
            gate.countDown();

            assertThat(answer.statusCode()).isEqualTo(416);
            assertThat(field(answer, "Content-Range")).isEqualTo("bytes */" + FILE.size());
            assertThat(whole.get().body()).isEqualTo(FILE.bytes());
        }
    }

    @Test
    void usesWhatIsOldWhenNobodyAnswers() throws IOException {
        store(FILE);
        gateway.broker().stop();

        var answer = gateway.get(RESOURCE);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Cache-Status"))
                .matches("fingerpost-agent; hit; ttl=-?\\d+; detail=broker-unreachable");
        assertThat(gateway.get(RESOURCE, "Range", "bytes=0-9").body()).isEqualTo(FILE.part(0, 9));
    }

    @Test
    void doesNotUseWhatIsOldIfTheOriginForbidsIt() throws IOException {
        store(FILE.cached("max-age=0, must-revalidate"));
        gateway.broker().stop();

        assertThat(gateway.get(RESOURCE).statusCode()).isEqualTo(502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://cdn.example" + RESOURCE, "http://CDN.example:80" + RESOURCE,
            "HTTP://cdn.example:8080" + RESOURCE})
    void isAProxyForTheHostsThatAreConfigured(String target) throws IOException {
        gateway.broker().originServes(RESOURCE, FILE);

        var reply = gateway.asOfAProxy(target);

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(FILE.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://other.example" + RESOURCE, "https://cdn.example" + RESOURCE,
            "http://cdn.example:81" + RESOURCE, "http://me@cdn.example" + RESOURCE,
            "http://cdn.example.evil" + RESOURCE})
    void isNoProxyForOthers(String target) throws IOException {
        gateway.broker().on(RESOURCE, Scripts.serving(FILE, FakeBroker.SHAREABLE));

        assertThat(gateway.asOfAProxy(target).status()).isIn(400, 403);
        assertThat(asked()).isZero();
    }
}
