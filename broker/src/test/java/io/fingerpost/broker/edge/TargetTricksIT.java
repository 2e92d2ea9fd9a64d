package io.fingerpost.broker.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.api.ApiPaths;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Request targets that mean one thing to the broker and another to the origin, and the reserved path. */
class TargetTricksIT {
    @RegisterExtension
    private final EdgeUnderAttack edge = new EdgeUnderAttack();

    @ParameterizedTest
    @ValueSource(strings = {"/a/../b", "/a/%2e%2e/b", "//evil.example/a", "/a//b", "/a%2fb", "/a%5cb", "/a%00b",
            "/a\\b", "http://x/a/../b", "http://x//evil.example", "http://x/a%2fb"})
    void aPathThatTwoServersCouldReadDifferentlyIsRefused(String target) throws IOException {
        String answer = edge.raw("GET " + target);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(edge.origin().heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT evil.example:443", "GET evil.example/a", "GET a", "GET mailto:a", "OPTIONS *"})
    void aTargetThatIsNoPathIsRefused(String line) throws IOException {
        String answer = edge.raw(line);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(edge.origin().heads()).isEmpty();
    }

    @Test
    void aPathThatLooksLikeAnAbsoluteTargetIsNone() throws IOException {
        String answer = edge.raw("GET /a:b/c://d/e");

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(edge.origin().heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/fingerpost", "/.well-known/fingerpost/", "/.well-known/fingerpost/v1/peers",
            "/.well-known/fingerpost/v1/../../secret", "/.well-known/fingerpost?x",
            "/.well-known/fingerpost/v1/nothing",
            "http://x/.well-known/fingerpost/v2"})
    void aReservedPathNeverReachesTheOrigin(String target) throws IOException {
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE"}) {
            edge.raw(method + " " + target);
        }

        assertThat(edge.origin().heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/fingerpostx", "/.well-known/other", "/.well-known", "/fingerpost"})
    void aPathBesideTheReservedOneIsTheOrigins(String path) throws IOException {
        assertThat(edge.raw("GET " + path)).startsWith("HTTP/1.1 200 ");
        assertThat(edge.origin().onlyHead()).startsWith("GET " + path + " ");
    }

    @Test
    void theReservedPathTellsAgentsWhereTheRegistryIs() throws IOException {
        assertThat(edge.broker().registry().discover().registries()).containsExactly(ApiPaths.EMBEDDED);
        assertThat(edge.broker().requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example/a?b", "http://evil.example:99/a?b", "http://user:pass@x/a?b",
            "https://x/a?b", "ftp://evil.example/a?b", "HTTP://x/a?b"})
    void whateverAuthorityATargetNamesItIsTheOneOriginThatIsAsked(String target) throws IOException {
        String answer = edge.raw("GET " + target);

        assertThat(answer).matches("(?s)HTTP/1.1 (200|400) .*");
        assertThat(edge.origin().heads()).allSatisfy(head -> assertThat(head).startsWith("GET /a?b HTTP/1.1\r\n")
                .contains("Host: " + URI.create(edge.origin().url()).getAuthority() + "\r\n")
                .doesNotContain("evil", "pass"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://", "http:///a", "http:/a", "://x/a", "http://x:y:z/a/%2e%2e/b", "?a", "#a", "/a#b",
            "%2fa", ".", "..", "*", "/a\tb", "/\u007f"})
    void aTargetThatIsAlmostOneNeverReachesTheOriginAsSomethingElse(String target) throws IOException {
        edge.raw("GET " + target);

        assertThat(edge.origin().heads())
                .allSatisfy(head -> assertThat(head).matches("(?s)GET /[^ #]* HTTP/1\\.1\r\n.*"));
        assertThat(edge.origin().heads()).noneSatisfy(head -> assertThat(head).startsWith("GET /b "));
    }
}
