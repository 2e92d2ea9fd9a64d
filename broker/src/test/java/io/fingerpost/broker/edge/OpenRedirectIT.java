package io.fingerpost.broker.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.RawClient;
import io.fingerpost.contract.api.ApiPaths;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attempts to have a say in where the redirect goes. */
class OpenRedirectIT {
    @RegisterExtension
    private final EdgeUnderAttack edge = new EdgeUnderAttack();

    @ParameterizedTest
    @ValueSource(strings = {"/a/%0d%0aX-Injected:%201", "/a?b=%0d%0aX-Injected:%201", "/a?b=%0aX-Injected:1&c=%00",
            "/%E5%98%8A%E5%98%8DX-Injected:1"})
    void nothingInATargetBecomesAFieldOfTheRedirect(String target) throws Exception {
        try (var _ = edge.holderOf(target)) {
            String answer = edge.raw("GET " + target, "Want-Repr-Digest: sha-256=1");

            assertThat(answer).startsWith("HTTP/1.1 302 ").doesNotContain("\n" + EdgeUnderAttack.INJECTED);
            assertThat(RawClient.fieldNames(answer)).doesNotContain("x-injected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:99999", "a@b", "x\r\nX-Injected: 1", "%0d%0aX-Injected:1",
            ""})
    void theHostFieldNeverShowsInTheRedirect(String host) throws Exception {
        try (var peer = edge.holderOf("/a")) {
            String answer = RawClient.exchange(edge.broker().edge(), "GET /a HTTP/1.1\r\nHost: " + host
                    + "\r\nConnection: close\r\nWant-Repr-Digest: sha-256=1\r\n\r\n");

            assertThat(answer).doesNotContain("evil", EdgeUnderAttack.INJECTED).satisfiesAnyOf(
                    refused -> assertThat(refused).startsWith("HTTP/1.1 400 "),
                    passed -> assertThat(passed).as("with a field that may be a credential")
                            .startsWith("HTTP/1.1 200 "),
                    redirect -> assertThat(redirect).contains("Location: " + peer.endpoint().url() + "/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9999\\r\\nX-Injected: 1", "http://127.0.0.1:9999/%0d%0aX-Injected:1",
            "http://127.0.0.1:9999>; rel=x", "http://u:p@127.0.0.1:9999", "http://127.0.0.1:9999/?a=b",
            "javascript:alert(1)", "//127.0.0.1:9999", "http://127.0.0.1:99999"})
    void anEndpointThatIsMoreThanAnEndpointIsRefused(String endpoint) throws IOException {
        var answer = edge.broker().send("POST", ApiPaths.EMBEDDED + ApiPaths.peers(),
                BodyPublishers.ofString("{\"key\":\"" + "A".repeat(43) + "\",\"endpoints\":[\"" + endpoint + "\"]}"),
                "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue(EdgeUnderAttack.INJECTED)).isEmpty();
    }

    /** Nothing that a client says about itself, or about a URL, is part of where it is sent. */
    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-Host: evil.example", "Forwarded: host=evil.example",
            "Origin: http://evil.example",
            "Referer: http://evil.example/", "X-Original-URL: http://evil.example/", "X-Rewrite-URL: //evil.example",
            "X-Forwarded-Server: evil.example", "X-Forwarded-Prefix: //evil.example", "Fingerpost-Peer: evil.example",
            "Via: 1.1 evil.example", "X-HTTP-Host-Override: evil.example"})
    void noFieldHasASayInWhereTheRedirectGoes(String field) throws Exception {
        try (var peer = edge.holderOf("/a")) {
            String answer = edge.raw("GET /a", "Want-Repr-Digest: sha-256=1", field);

            assertThat(answer).doesNotContain("evil").satisfiesAnyOf(
                    unusual -> assertThat(unusual).startsWith("HTTP/1.1 200 ").doesNotContain("Location: "),
                    redirect -> assertThat(redirect).startsWith("HTTP/1.1 302 ")
                            .contains("Location: " + peer.endpoint().url() + "/.well-known/ni/sha-256/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example/a", "http://evil.example:1/a", "https://user@evil.example/a",
            "HTTP://EVIL.example/a", "http://[2001:db8::1]/a"})
    void theAuthorityOfAnAbsoluteTargetHasNoSayEither(String target) throws Exception {
        try (var peer = edge.holderOf("/a")) {
            String answer = edge.raw("GET " + target, "Want-Repr-Digest: sha-256=1");

            assertThat(answer).doesNotContainIgnoringCase("evil").satisfiesAnyOf(
                    refused -> assertThat(refused).startsWith("HTTP/1.1 400 "),
                    redirect -> assertThat(redirect).contains("Location: " + peer.endpoint().url() + "/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a?url=http://evil.example", "/a?next=//evil.example", "/a;http://evil.example",
            "/a?%0d%0aLocation:%20http://evil.example", "/evil.example/%2e%2e%2f", "/\\evil.example",
            "/%5cevil.example",
            "/@evil.example", "/.evil.example"})
    void aTargetIsNeverPartOfALocation(String target) throws Exception {
        String answer = edge.raw("GET " + target, "Want-Repr-Digest: sha-256=1");

        assertThat(answer).doesNotContain("Location", "evil.example");
    }
}
