package io.fingerpost.broker.origin;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.binaryEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.contract.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyIT {
    private static final int LARGE = 50 << 20;

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;

    @BeforeEach
    void start() {
        broker = new BrokerFixture(data, ORIGIN.baseUrl());
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aGetIsPassedOnWithItsQueryAsItIs() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withBody("hello").withHeader("X-Mine", "1", "2")));

        var answer = broker.get("/a%20b;v=1/c?x=%2F..&y=//&x", "X-Client", "here");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).asString().isEqualTo("hello");
        assertThat(answer.headers().allValues("X-Mine")).containsExactly("1", "2");
        ORIGIN.verify(getRequestedFor(urlEqualTo("/a%20b;v=1/c?x=%2F..&y=//&x")).withHeader("X-Client",
                equalTo("here")));
    }

    @Test
    void aHeadHasTheFieldsOfAGetAndNoBody() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withBody("hello")));

        String answer = RawClient.exchange(broker.edge(),
                "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("Content-Length: 5\r\n").endsWith("\r\n\r\n");
    }

    @Test
    void aBodyOfKnownLengthIsPassedOn() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(201).withBody("done")));
        byte[] body = Origins.bytes(100_000);

        var answer = broker.send("POST", "/up", BodyPublishers.ofByteArray(body));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).asString().isEqualTo("done");
        ORIGIN.verify(postRequestedFor(urlEqualTo("/up")).withRequestBody(binaryEqualTo(body))
                .withHeader("Content-Length", equalTo("100000")));
    }

    @Test
    void aChunkedBodyIsPassedOn() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(201)));
        byte[] body = Origins.bytes(100_000);

        var answer = broker.send("PUT", "/up", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

        assertThat(answer.statusCode()).isEqualTo(201);
        ORIGIN.verify(putRequestedFor(urlEqualTo("/up")).withRequestBody(binaryEqualTo(body)));
    }

    @Test
    void anEmptyBodyIsPassedOn() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(204)));

        assertThat(broker.send("POST", "/up", BodyPublishers.noBody()).statusCode()).isEqualTo(204);
        assertThat(broker.send("DELETE", "/up", BodyPublishers.noBody()).statusCode()).isEqualTo(204);
    }

    @Test
    void aClientMayWaitForLeaveToSendItsBody() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(201).withBody("done")));
        var request = HttpRequest.newBuilder(broker.uri("/up")).expectContinue(true).timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString("hello")).build();

        var answer = broker.send(request, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).isEqualTo("done");
        ORIGIN.verify(postRequestedFor(urlEqualTo("/up")).withRequestBody(equalTo("hello")));
    }

    @Test
    void aLargeDownloadStreamsThrough() throws IOException {
        byte[] body = Origins.bytes(LARGE);
        ORIGIN.stubFor(get("/large").willReturn(Origins.shareable(body)));
        var request = HttpRequest.newBuilder(broker.uri("/large")).build();
        var digest = Sha256.newDigest();

        try (InputStream in = new DigestInputStream(broker.send(request, BodyHandlers.ofInputStream()).body(),
                digest)) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(LARGE);
        }

        assertThat(digest.digest()).isEqualTo(Sha256.digestOf(body).bytes());
    }

    @Test
    void aLargeChunkedUploadStreamsThrough() throws IOException {
        byte[] body = Origins.bytes(LARGE);
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(201)));

        var answer = broker.send("PUT", "/large", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));

        assertThat(answer.statusCode()).isEqualTo(201);
        ORIGIN.verify(putRequestedFor(urlEqualTo("/large")).withRequestBody(binaryEqualTo(body)));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 410, 416, 429, 500, 502, 503, 504})
    void anErrorOfTheOriginPassesThroughUntouched(int status) throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withBody("the origin's own words")
                .withHeader("Content-Type", "text/plain").withHeader("Retry-After", "77")));

        var answer = broker.get("/");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).asString().isEqualTo("the origin's own words");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/plain");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("77");
        assertThat(answer.headers().firstValue("Proxy-Status")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 500, 502, 503, 504})
    void anErrorWithoutABodyDoesToo(int status) throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(status).withHeader("X-Mine", "1")));

        for (String method : new String[] {"GET", "HEAD", "POST"}) {
            var answer = broker.send(method, "/", BodyPublishers.noBody());

            assertThat(answer.statusCode()).as(method).isEqualTo(status);
            assertThat(answer.body()).as(method).isEmpty();
            assertThat(answer.headers().firstValue("X-Mine")).as(method).hasValue("1");
            assertThat(answer.headers().firstValue("Proxy-Status")).as(method).isEmpty();
            assertThat(answer.headers().firstValue("Content-Type")).as(method).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectOfTheOriginIsTheClientsToFollow(int status) throws IOException {
        ORIGIN.stubFor(get("/old").willReturn(aResponse().withStatus(status).withHeader("Location", "/new?a=b#c")));

        var answer = broker.get("/old");

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().allValues("Location")).containsExactly("/new?a=b#c");
    }

    @Test
    void conditionsAreTheOriginsToJudge() throws IOException {
        ORIGIN.stubFor(get("/").withHeader("If-None-Match", equalTo("\"v1\""))
                .willReturn(aResponse().withStatus(304).withHeader("ETag", "\"v1\"")));

        var answer = broker.get("/", "If-None-Match", "\"v1\"");

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/cdn", "/cdn/", "/c%20dn/x"})
    void theOriginMayLieBelowAPath(String prefix) throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withBody("hello")));
        String below = prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;

        try (var prefixed = new BrokerFixture(data.resolve("prefixed"), ORIGIN.baseUrl() + prefix)) {
            assertThat(prefixed.get("/a%20b?c=d").statusCode()).isEqualTo(200);
            assertThat(prefixed.get("/").statusCode()).isEqualTo(200);
        }

        ORIGIN.verify(getRequestedFor(urlEqualTo(below + "/a%20b?c=d")));
        ORIGIN.verify(getRequestedFor(urlEqualTo(below + "/")));
    }

    @Test
    void manyRequestsShareAConnection() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withBody("hello")));

        try (var client = new RawClient(broker.edge())) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.send("GET /" + i + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead())
                        .startsWith("HTTP/1.1 200 OK");
                assertThat(client.readBody(5)).isEqualTo("hello");
            }
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        ORIGIN.stubFor(get("/1").willReturn(aResponse().withBody("first").withFixedDelay(100)));
        ORIGIN.stubFor(get("/2").willReturn(aResponse().withBody("second")));

        String answer = RawClient.exchange(broker.edge(), "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                + "GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).containsSubsequence("first", "second");
    }
}
