package io.fingerpost.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.agent.testing.ScriptedServer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway does not do for anybody. */
@Timeout(40)
class GatewayRefusalsIT {
    @RegisterExtension
    private final GatewayRig gateway = new GatewayRig();
    /** Where nothing of the agent may ever arrive. */
    @RegisterExtension
    private final ScriptedServer elsewhere = new ScriptedServer(call -> call.answer(200, new byte[] {1}));

    @Test
    void neverLeavesTheBrokersSite() throws IOException {
        String authority = elsewhere.url().replace("http://", "");
        for (String target : List.of("http://" + authority + "/x", "//" + authority + "/x", "@" + authority + "/x",
                "https://" + authority + "/", "/\\" + authority, authority, "///" + authority + "/", "/@" + authority,
                ":80@" + authority + "/", ".evil.example/", "?@" + authority + "/", "*")) {
            assertThat(attempt(target)).as(target).isIn(400, 403, 404); // 404 is what the broker says to an odd path
        }
        assertThat(elsewhere.calls()).isEmpty();
    }

    /** The status, or 400 if the gateway rather hung up. */
    private int attempt(String target) {
        try {
            return gateway.raw(target).status();
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
                RawClient.exchange(gateway.url(""), "GET /x HTTP/1.1", "Host: localhost", "Cookie: a=1", "Bad(Name): x",
                        "Connection: close").status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"})
    void takesNoOtherMethod(String method) throws IOException {
        var reply = RawClient.exchange(gateway.url(""), method + " /x HTTP/1.1", "Host: localhost",
                "Content-Length: 0");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.fields()).containsEntry("Allow", "GET, HEAD");
        assertThat(gateway.broker().calls("/x")).isEmpty();
    }
}
