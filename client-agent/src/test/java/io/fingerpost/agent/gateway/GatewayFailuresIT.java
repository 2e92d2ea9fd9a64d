package io.fingerpost.agent.gateway;

import static io.fingerpost.agent.gateway.GatewayRig.field;
import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program gets when broker, origin or peers let it down: all of the file, or a sign that it is not. */
@Timeout(40)
class GatewayFailuresIT {
    private static final String RESOURCE = "/maps/desert.pak?v=3&x=%20";
    private static final Content FILE = Content.of(3 * PIECE + 99, 1);

    @RegisterExtension
    private final GatewayRig gateway = new GatewayRig();
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(FILE));

    @Test
    void saysThatTheBrokerCannotBeReached() throws IOException {
        gateway.broker().stop();

        var plain = gateway.get(RESOURCE);
        var special = gateway.get(RESOURCE, "Range", "bytes=0-9");

        for (var answer : List.of(plain, special)) {
            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(field(answer, "Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.body()).asString().contains("broker-unreachable");
        }
    }

    @Test
    void finishesFromTheOriginWhatBrokeOffMidway() throws IOException {
        gateway.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                Scripts.serving(FILE).answer(call);
            } else {
                beginAndBreakOff(call, 2 * PIECE);
            }
        });

        var answer = gateway.get(RESOURCE);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(gateway.blobs().count()).isZero();
    }

    @Test
    void cutsTheConnectionWhenNobodyCanFinish() throws IOException {
        gateway.broker().on(RESOURCE, call -> beginAndBreakOff(call, 2 * PIECE));

        var reply = gateway.raw(RESOURCE);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.isComplete()).isFalse();
        assertThat(reply.body()).isEqualTo(FILE.part(0, reply.body().length - 1));
    }

    @Test
    void cutsTheConnectionWhenTheOriginHasAnotherVersionMidway() throws IOException {
        gateway.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                Scripts.serving(Content.of(FILE.size(), 2)).answer(call);
            } else {
                beginAndBreakOff(call, 2 * PIECE);
            }
        });

        var reply = gateway.raw(RESOURCE);

        assertThat(reply.isComplete()).isFalse();
        assertThat(reply.body()).isEqualTo(FILE.part(0, reply.body().length - 1));
    }

    @Test
    void cutsTheConnectionWhenTheRestEndsEarlyWithoutALength() throws IOException {
        gateway.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                int first = Integer.parseInt(call.field("Range").get().replaceAll("\\D", ""));
                call.head(206, "ETag: " + FILE.etag() + "\r\nContent-Range: bytes " + first + "-" + (FILE.size() - 1)
                        + "/" + FILE.size());
                call.send(FILE.part(first, first + 99));
            } else {
                beginAndBreakOff(call, 2 * PIECE);
            }
        });

        var reply = gateway.raw(RESOURCE);

        assertThat(reply.isComplete()).isFalse();
        assertThat(reply.body()).isEqualTo(FILE.part(0, reply.body().length - 1));
    }

    /** Its end would otherwise look like any other: only the last chunk says that all has come. */
    @Test
    void cutsTheConnectionWhenABodyWithoutALengthBreaksOff() throws IOException {
        gateway.broker().on("/stream", call -> {
            call.head(200, "Transfer-Encoding: chunked");
            call.send("186a0\r\n".getBytes(StandardCharsets.UTF_8));
            call.send(FILE.part(0, 99_999));
            call.pause(Duration.ofMillis(100));
        });

        var reply = gateway.raw("/stream");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.fields()).containsEntry("Transfer-Encoding", "chunked");
        assertThat(reply.text()).doesNotEndWith("0\r\n\r\n");
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
        gateway.broker().on(RESOURCE, call -> {
            call.head(200, "Content-Length: 1000\r\n" + label + "\r\nETag: \"a\"\r\nX-Of: origin");
            call.send(FILE.part(0, 99));
            call.pause(Duration.ofMillis(100));
        });

        var reply = gateway.raw(RESOURCE);

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.isComplete()).isTrue();
        assertThat(reply.text()).startsWith("{").contains("broker-unreachable").endsWith("}");
        assertThat(reply.fields()).doesNotContainKeys("ETag", "X-Of").containsEntry("Content-Type",
                "application/problem+json");
    }

    /** Nothing was promised yet, so the client sees what a plain proxy would have shown it. */
    @Test
    void passesOnWhatTheOriginSaysWhenNoSourceHasAnyByte() throws IOException {
        peer.script(Call::reset);
        var small = Content.of(50, 5);
        gateway.broker().redirects(RESOURCE, small, List.of(peer.url("/x")), call -> call.answer(503, new byte[0]));

        var reply = gateway.raw(RESOURCE);

        assertThat(reply.status()).isEqualTo(503);
    }
}
