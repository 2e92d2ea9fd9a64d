package io.fingerpost.agent.gateway;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.LocalServer;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.agent.testing.RawClient.Reply;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
    private final FetchRig rig = FetchRig.patient();
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(FILE));
    /** Where nothing of the agent may ever arrive. */
    @RegisterExtension
    private final ScriptedServer elsewhere = new ScriptedServer(call -> call.answer(200, new byte[] {1}));
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private LocalServer gateway;

    @BeforeEach
    void start() {
        gateway = new LocalServer(new GatewayHandler(rig.fetcher(), rig.client(), threads));
    }

    @AfterEach
    void stop() {
        gateway.close();
        threads.shutdownNow();
    }

    private HttpResponse<byte[]> get(String... fields) throws IOException {
        return Http.get(gateway.url(RESOURCE), fields);
    }

    private Reply raw(String target, String... fields) throws IOException {
        var lines = new ArrayList<>(List.of("GET " + target + " HTTP/1.1", "Host: localhost"));
        lines.addAll(List.of(fields));
        return RawClient.exchange(gateway.url(), lines.toArray(String[]::new));
    }

    private static String field(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    private void store() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);
        rig.read(RESOURCE);
    }

    @Test
    void passesOnWhatPeersSend() throws IOException {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = get();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
        assertThat(field(answer, "Content-Type")).isEqualTo("application/x-game-map");
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=uri-miss; stored");
        assertThat(rig.store().contains(FILE.digest())).isTrue();
    }

    @Test
    void passesOnWhatTheOriginSendsAndKeepsIt() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);

        assertThat(get().body()).isEqualTo(FILE.bytes());

        Awaitility.await().until(() -> rig.store().contains(FILE.digest()));
    }

    @Test
    void servesWhatIsStoredAndStillRight() throws IOException {
        store();

        var answer = get();

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; hit");
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(rig.broker().calls(RESOURCE).getLast().field("If-None-Match")).contains(FILE.etag());
    }

    @Test
    void servesARangeOfWhatIsStored() throws IOException {
        store();

        var answer = get("Range", "bytes=300000-300009");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.part(300_000, 300_009));
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; hit");
    }

    @Test
    void leavesARangeOfWhatIsNotStoredToTheOrigin() throws IOException {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = get("Range", "bytes=300000-300009");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.part(300_000, 300_009));
        assertThat(field(answer, "Content-Range")).isEqualTo("bytes 300000-300009/" + FILE.size());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
        assertThat(peer.calls()).isEmpty();
    }

    @Test
    void leavesHeadToTheOrigin() throws IOException {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = Http.send("HEAD", gateway.url(RESOURCE));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
        assertThat(peer.calls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Authorization|Bearer secret", "Cookie|session=1", "If-None-Match|\"x\"",
            "If-Modified-Since|Thu, 01 Jan 2026 00:00:00 GMT", "If-Match|\"x\"",
            "If-Unmodified-Since|Thu, 01 Jan 2026 00:00:00 GMT", "Cache-Control|no-cache"})
    void leavesToTheOriginWhatIsMoreThanAskingForAFile(String name, String value) throws IOException {
        store();
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        var answer = get(name, value);

        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
        assertThat(peer.calls()).isEmpty();
        var call = rig.broker().calls(RESOURCE).getLast();
        assertThat(call.field("Cache-Control")).contains("no-cache");
        if (!name.equals("Cache-Control")) {
            assertThat(call.field(name)).contains(value);
        }
    }

    @Test
    void leavesACredentialedRangeToTheOriginEvenIfItIsStored() throws IOException {
        store();

        var answer = get("Range", "bytes=0-9", "Authorization", "Bearer secret");

        assertThat(field(answer, "Cache-Status")).isEqualTo("fingerpost-agent; fwd=bypass");
        assertThat(answer.body()).isEqualTo(FILE.part(0, 9));
    }

    @Test
    void passesOnThatNothingWasModified() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);

        var answer = get("If-None-Match", FILE.etag());

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
        assertThat(get().statusCode()).as("the connection is still good").isEqualTo(200);
    }

    @Test
    void sendsNoFieldsOfTheProgramToPeers() throws IOException {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));

        get("X-Secret", "s3cret", "Referer", "http://intranet/secret-page");

        assertThat(peer.calls()).hasSize(1);
        assertThat(peer.calls().getFirst().toString()).doesNotContain("s3cret", "secret-page");
    }

    @Test
    void passesErrorsOfTheOriginWithTheirBodies() throws IOException {
        rig.broker().on("/broken", call -> call.answer(500, "<h1>oh dear</h1>".getBytes(StandardCharsets.UTF_8),
                "Content-Type: text/html", "X-Origin: yes"));

        var broken = Http.get(gateway.url("/broken"));
        var missing = Http.get(gateway.url("/missing"));

        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.body()).asString().isEqualTo("<h1>oh dear</h1>");
        assertThat(field(broken, "Content-Type")).isEqualTo("text/html");
        assertThat(field(broken, "X-Origin")).isEqualTo("yes");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.body()).asString().isEqualTo("the origin has no such page");
    }

    @Test
    void passesABodyWithoutALength() throws IOException {
        rig.broker().on("/chunked", call -> {
            call.head(200, "Transfer-Encoding: chunked\r\nTrailer: X-Sum");
            call.send("5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        });

        assertThat(Http.get(gateway.url("/chunked")).body()).asString().isEqualTo("hello world");
    }

    @Test
    void passesCookiesThatTheOriginSets() throws IOException {
        rig.broker().on("/login", call -> call.answer(200, new byte[] {1}, "Set-Cookie: a=1", "Set-Cookie: b=2"));

        assertThat(Http.get(gateway.url("/login")).headers().allValues("Set-Cookie")).containsExactlyInAnyOrder("a=1",
                "b=2");
    }

    @Test
    void keepsFieldsOfTheConnectionToItself() throws IOException {
        rig.broker().on("/x", call -> call.answer(200, new byte[] {1}, "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive", "Connection: X-Hop", "X-Hop: origin", "X-End: origin"));

        var reply = raw("/x", "Cache-Control: no-cache", "Connection: X-Mine, close", "X-Mine: 1", "X-Theirs: 1",
                "TE: trailers", "Upgrade: websocket", "Proxy-Authorization: Basic c2VjcmV0", "Keep-Alive: 300");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.fields()).containsEntry("X-End", "origin").doesNotContainKeys("X-Hop", "Keep-Alive",
                "Proxy-Connection");
        Call call = rig.broker().calls("/x").getFirst();
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
        rig.broker().on(target, call -> call.answer(200, target.getBytes(StandardCharsets.UTF_8)));

        assertThat(raw(target, "Connection: close").text()).isEqualTo(target);
    }

    @Test
    void neverLeavesTheBrokersSite() throws IOException {
        String authority = elsewhere.url().replace("http://", "");
        for (String target : new String[] {"http://" + authority + "/x", "//" + authority + "/x",
                "@" + authority + "/x",
                "https://" + authority + "/", "/\\" + authority, authority, "///" + authority + "/", "/@" + authority,
                ":80@" + authority + "/", ".evil.example/", "?@" + authority + "/", "*"}) {
            var reply = attempt(target);
            assertThat(reply).as(target).isNotEqualTo(200);
        }
        assertThat(elsewhere.calls()).isEmpty();
    }

    /** The status, or 400 if the gateway rather hung up. */
    private int attempt(String target) {
        try {
            return raw(target, "Connection: close").status();
        } catch (IOException e) {
            return 400;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a b", "/ä", "/a\"b", "/a|b", "/%zz", "/a^b"})
    void wantsAPathThatIsProperlyEncoded(String target) {
        assertThat(attempt(target)).isEqualTo(400);
    }

    @Test
    void refusesFieldsThatHttpDoesNotKnow() throws IOException {
        assertThat(attempt("/x")).isEqualTo(404);
        assertThat(
                RawClient.exchange(gateway.url(), "GET /x HTTP/1.1", "Host: localhost", "Cookie: a=1", "Bad(Name): x",
                        "Connection: close").status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"})
    void takesNoOtherMethod(String method) throws IOException {
        var reply = RawClient.exchange(gateway.url(), method + " /x HTTP/1.1", "Host: localhost", "Content-Length: 0");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.fields()).containsEntry("Allow", "GET, HEAD");
        assertThat(rig.broker().calls("/x")).isEmpty();
    }

    @Test
    void saysThatTheBrokerCannotBeReached() throws IOException {
        rig.broker().stop();

        var plain = get();
        var special = get("Range", "bytes=0-9");

        for (var answer : List.of(plain, special)) {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(field(answer, "Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.body()).asString().contains("broker-unreachable");
        }
    }

    @Test
    void finishesFromTheOriginWhatBrokeOffMidway() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                Scripts.serving(FILE).answer(call);
            } else {
                beginAndBreakOff(call, 2 * PIECE);
            }
        });

        var answer = get();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void cutsTheConnectionWhenNobodyCanFinish() throws IOException {
        rig.broker().on(RESOURCE, call -> beginAndBreakOff(call, 2 * PIECE));

        var reply = raw(RESOURCE, "Connection: close");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.isComplete()).isFalse();
        assertThat(reply.body()).isEqualTo(FILE.part(0, reply.body().length - 1));
    }

    @Test
    void cutsTheConnectionWhenTheOriginHasAnotherVersionMidway() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                Scripts.serving(Content.of(FILE.size(), 2)).answer(call);
            } else {
                beginAndBreakOff(call, 2 * PIECE);
            }
        });

        var reply = raw(RESOURCE, "Connection: close");

        assertThat(reply.isComplete()).isFalse();
        assertThat(reply.body()).isEqualTo(FILE.part(0, reply.body().length - 1));
    }

    @Test
    void cutsTheConnectionWhenTheRestEndsEarlyWithoutALength() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                int first = Integer.parseInt(call.field("Range").get().replaceAll("\\D", ""));
                call.head(206, "ETag: " + FILE.etag() + "\r\nContent-Range: bytes " + first + "-" + (FILE.size() - 1)
                        + "/" + FILE.size());
                call.send(FILE.part(first, first + 99));
            } else {
                beginAndBreakOff(call, 2 * PIECE);
            }
        });

        var reply = raw(RESOURCE, "Connection: close");

        assertThat(reply.isComplete()).isFalse();
        assertThat(reply.body()).isEqualTo(FILE.part(0, reply.body().length - 1));
    }

    private static void beginAndBreakOff(Call call, int count) throws IOException {
        call.head(200, "Content-Length: " + FILE.size() + "\r\n" + FakeBroker.SHAREABLE + "\r\nETag: " + FILE.etag());
        call.send(FILE.part(0, count - 1));
        call.pause(Duration.ofMillis(100));
    }

    /** Then nothing was sent yet: an error can still be told, and must not be mixed with the bytes that came. */
    @ParameterizedTest
    @ValueSource(strings = {FakeBroker.SHAREABLE, "Fingerpost-Label: not-public"})
    void tellsWhenAnAnswerBreaksOffBeforeAnyOfItWasPassedOn(String label) throws IOException {
        rig.broker().on(RESOURCE, call -> {
            call.head(200, "Content-Length: 1000\r\n" + label + "\r\nETag: \"a\"\r\nX-Of: origin");
            call.send(FILE.part(0, 99));
            call.pause(Duration.ofMillis(100));
        });

        var reply = raw(RESOURCE, "Connection: close");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.isComplete()).isTrue();
        assertThat(reply.text()).startsWith("{").contains("broker-unreachable").endsWith("}");
        assertThat(reply.fields()).doesNotContainKeys("ETag", "X-Of").containsEntry("Content-Type",
                "application/problem+json");
    }

    @Test
    void tellsWhenNoSourceHasAnyByte() throws IOException {
        peer.script(Call::reset);
        var small = Content.of(50, 5);
        rig.broker().redirects(RESOURCE, small, List.of(peer.url("/x")), call -> call.answer(503, new byte[0]));

        var reply = raw(RESOURCE, "Connection: close");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.text()).contains("broker-unreachable");
    }

    @Test
    void servesManyProgramsAtOnceFromOneTransfer() throws Exception {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));
        peer.script(call -> {
            call.pause(Duration.ofMillis(200));
            Scripts.serving(FILE).answer(call);
        });
        try (var programs = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = programs.invokeAll(Collections.nCopies(8, () -> get().body()));
            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo(FILE.bytes());
            }
        }
        assertThat(peer.calls()).hasSize(1);
    }

    @Test
    void forgetsAProgramThatHangsUp() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);
        try (var program = RawClient.slow(gateway.url())) {
            program.send("GET " + RESOURCE + " HTTP/1.1", "Host: localhost");
            program.read(12);
            program.reset();
        }

        assertThat(get().body()).isEqualTo(FILE.bytes());
    }
}
