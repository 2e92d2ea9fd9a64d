package io.fingerpost.agent.gateway;

import static io.fingerpost.agent.gateway.GatewayRig.field;
import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(40)
class GatewayHandlerIT {
    private static final String RESOURCE = "/maps/desert.pak?v=3&x=%20";
    private static final Content FILE = Content.of(3 * PIECE + 99, 1);

    @RegisterExtension
    private final GatewayRig gateway = new GatewayRig();
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(FILE));

    private void store() throws IOException {
        gateway.broker().originServes(RESOURCE, FILE);
        gateway.store(RESOURCE);
    }

    @Test
    void passesOnWhatPeersSend() throws IOException {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = gateway.get(RESOURCE);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
        assertThat(field(answer, "Content-Type")).isEqualTo("application/x-game-map");
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=uri-miss; stored");
        assertThat(gateway.blobs().contains(FILE.digest())).isTrue();
    }

    @Test
    void passesOnWhatTheOriginSendsAndKeepsIt() throws IOException {
        gateway.broker().originServes(RESOURCE, FILE);

        assertThat(gateway.get(RESOURCE).body()).isEqualTo(FILE.bytes());

        Awaitility.await().until(() -> gateway.blobs().contains(FILE.digest()));
    }

    @Test
    void servesWhatIsStoredAndStillRight() throws IOException {
        store();

        var answer = gateway.get(RESOURCE);

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; hit");
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(gateway.broker().calls(RESOURCE).getLast().field("If-None-Match")).contains(FILE.etag());
    }

    @Test
    void servesARangeOfWhatIsStored() throws IOException {
        store();

        var answer = gateway.get(RESOURCE, "Range", "bytes=100000-100009");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.part(100_000, 100_009));
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; hit");
    }

    @Test
    void leavesARangeOfWhatIsNotStoredToTheOrigin() throws IOException {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = gateway.get(RESOURCE, "Range", "bytes=100000-100009");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.part(100_000, 100_009));
        assertThat(field(answer, "Content-Range")).isEqualTo("bytes 100000-100009/" + FILE.size());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
        assertThat(peer.calls()).isEmpty();
    }

    @Test
    void leavesHeadToTheOrigin() throws IOException {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = Http.send("HEAD", gateway.url(RESOURCE));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
        assertThat(peer.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"Authorization|Bearer secret", "Cookie|session=1", "If-Match|\"x\"", "Sec-GPC|1",
                    "If-Unmodified-Since|Thu, 01 Jan 2026 00:00:00 GMT", "Cache-Control|no-cache",
                    "Cache-Control|no-store",
                    "Pragma|no-cache"})
    void leavesToTheOriginWhatIsMoreThanAskingForAFile(String name, String value) throws IOException {
        store();
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = gateway.get(RESOURCE, name, value);

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
        assertThat(peer.calls()).isEmpty();
        var call = gateway.broker().calls(RESOURCE).getLast();
        assertThat(call.field("Cache-Control")).contains("no-cache");
        if (!name.equals("Cache-Control") && !name.equals("Pragma")) {
            assertThat(call.field(name)).contains(value);
        }
    }

    @Test
    void leavesACredentialedRangeToTheOriginEvenIfItIsStored() throws IOException {
        store();

        var answer = gateway.get(RESOURCE, "Range", "bytes=0-9", "Authorization", "Bearer secret");

        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
        assertThat(answer.body()).isEqualTo(FILE.part(0, 9));
    }

    @Test
    void passesOnThatNothingWasModified() throws IOException {
        gateway.broker().originServes(RESOURCE, FILE);

        var answer = gateway.get(RESOURCE, "If-None-Match", FILE.etag());

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
        assertThat(gateway.get(RESOURCE).statusCode()).as("the connection is still good").isEqualTo(200);
    }

    @Test
    void sendsNoFieldsOfTheProgramToPeers() throws IOException {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        gateway.get(RESOURCE, "X-Secret", "s3cret", "Referer", "http://intranet/secret-page");

        assertThat(peer.calls()).hasSize(1);
        assertThat(peer.calls().getFirst().toString()).doesNotContain("s3cret", "secret-page");
    }

    @Test
    void passesErrorsOfTheOriginWithTheirBodies() throws IOException {
        gateway.broker().on("/broken", call -> call.answer(500, "<h1>oh dear</h1>".getBytes(StandardCharsets.UTF_8),
                "Content-Type: text/html", "X-Origin: yes"));

        var broken = gateway.get("/broken");
        var missing = gateway.get("/missing");

        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).asString().isEqualTo("<h1>oh dear</h1>");
        assertThat(field(broken, "Content-Type")).isEqualTo("text/html");
        assertThat(field(broken, "X-Origin")).isEqualTo("yes");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).asString().isEqualTo("the origin has no such page");
    }

    @Test
    void passesABodyWithoutALength() throws IOException {
        gateway.broker().on("/chunked", call -> {
            call.head(200, "Transfer-Encoding: chunked\r\nTrailer: X-Sum");
            call.send("5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        });

        assertThat(gateway.get("/chunked").body()).asString().isEqualTo("hello world");
    }

    @Test
    void passesCookiesThatTheOriginSets() throws IOException {
        gateway.broker().on("/login", call -> call.answer(200, new byte[] {1}, "Set-Cookie: a=1", "Set-Cookie: b=2"));

        assertThat(gateway.get("/login").headers().allValues("Set-Cookie")).containsExactlyInAnyOrder("a=1",
                "b=2");
    }

    @Test
    void keepsFieldsOfTheConnectionToItself() throws IOException {
        gateway.broker().on("/x", call -> call.answer(200, new byte[] {1}, "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive", "Connection: X-Hop", "X-Hop: origin", "X-End: origin"));

        var reply = gateway.raw("/x", "Cache-Control: no-cache", "Connection: X-Mine, close", "X-Mine: 1",
                "X-Theirs: 1",
                "TE: trailers", "Upgrade: websocket", "Proxy-Authorization: Basic c2VjcmV0", "Keep-Alive: 300");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.fields()).containsEntry("X-End", "origin").doesNotContainKeys("X-Hop", "Keep-Alive",
                "Proxy-Connection");
        Call call = gateway.broker().calls("/x").getFirst();
        assertThat(call.field("X-Theirs")).contains("1");
        for (String name : List.of("X-Mine", "TE", "Proxy-Authorization", "Keep-Alive")) {
            assertThat(call.field(name)).as(name).isEmpty();
        }
        assertThat(call.field("Upgrade").orElse("")).doesNotContain("websocket");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a;v=1/b;c", "/a%2Fb", "/a/../b", "/a//b", "/~user/x_y-z.tar.gz", "/x?a=b&a=c;d",
            "/x?q=%C3%A4+1", "/@evil.example/", "/:80/"})
    void asksTheBrokerForExactlyWhatItWasAskedFor(String target) throws IOException {
        gateway.broker().on(target, call -> call.answer(200, target.getBytes(StandardCharsets.UTF_8)));

        assertThat(gateway.raw(target).text()).isEqualTo(target);
    }

    @Test
    void servesManyProgramsAtOnceFromOneTransfer() throws Exception {
        gateway.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));
        peer.script(call -> {
            call.pause(Duration.ofMillis(200));
            Scripts.serving(FILE).answer(call);
        });
        try (var programs = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = programs.invokeAll(Collections.nCopies(8, () -> gateway.get(RESOURCE).body()));
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo(FILE.bytes());
            }
        }
        assertThat(peer.calls()).hasSize(1);
    }

    @Test
    void forgetsAProgramThatHangsUp() throws IOException {
        gateway.broker().originServes(RESOURCE, FILE);
        try (var program = RawClient.slow(gateway.url(""))) {
            program.send("GET " + RESOURCE + " HTTP/1.1", "Host: localhost");
            program.read(12);
            program.reset();
        }

        assertThat(gateway.get(RESOURCE).body()).isEqualTo(FILE.bytes());
    }
}
