package io.fingerpost.broker.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class MetalinkIT {
    private static final String METALINK = "/.well-known/fingerpost/metalink";
    private static final byte[] BODY = Origins.bytes(600_000);
    private static final Sha256 DIGEST = Sha256.digestOf(BODY);

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;

    private Representation start(String path, String... settings) throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(BODY)));
        broker = new BrokerFixture(data, ORIGIN.baseUrl(), settings);
        broker.get(path);
        return broker.representation(DIGEST);
    }

    @BeforeEach
    void forget() {
        ORIGIN.resetAll();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static Document parse(byte[] xml) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
    }

    private static String text(Document document, String name) {
        return document.getElementsByTagNameNS("urn:ietf:params:xml:ns:metalink", name).item(0).getTextContent();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.digestOf(bytes).bytes());
    }

    @Test
    void aMetalinkHasTheHashesOfThePiecesAndWhereTheyAre() throws Exception {
        var map = start("/maps/alps%20%26%3C.pak?v=1");
        try (var peer = FakePeer.at(broker).holding(map)) {
            var answer = broker.get(METALINK + "/maps/alps%20%26%3C.pak.meta4?v=1");

            var document = parse(answer.body());
            var file = (Element) document.getElementsByTagNameNS("*", "file").item(0);
            var pieces = (Element) document.getElementsByTagNameNS("*", "pieces").item(0);
            var urls = document.getElementsByTagNameNS("*", "url");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/metalink4+xml");
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(file.getAttribute("name")).isEqualTo("alps &_.pak");
            assertThat(text(document, "size")).isEqualTo("600000");
            assertThat(text(document, "hash")).isEqualTo(hex(BODY));
            assertThat(pieces.getAttribute("length")).isEqualTo("65536");
            assertThat(pieces.getAttribute("type")).isEqualTo("sha-256");
            assertThat(pieces.getElementsByTagNameNS("*", "hash").getLength()).isEqualTo(10);
            assertThat(pieces.getElementsByTagNameNS("*", "hash").item(9).getTextContent())
                    .isEqualTo(hex(Arrays.copyOfRange(BODY, 589_824, 600_000)));
            assertThat(urls.getLength()).isEqualTo(2);
            assertThat(urls.item(0).getTextContent()).startsWith(peer.endpoint().url() + NiPath.of(DIGEST) + "?t=");
            assertThat(urls.item(1).getTextContent())
                    .isEqualTo(broker.uri("/maps/alps%20%26%3C.pak?v=1").toString());
            assertThat(((Element) urls.item(0)).getAttribute("priority")).isEqualTo("1");
        }
    }

    @Test
    void headHasTheSameFields() throws Exception {
        start("/a.pak");

        var get = broker.get(METALINK + "/a.pak.meta4");
        var head = broker.send("HEAD", METALINK + "/a.pak.meta4", BodyPublishers.noBody());

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().map().keySet()).containsAll(get.headers().map().keySet());
        assertThat(head.body()).isEmpty();
    }

    @Test
    void withoutAPeerTheEdgeIsTheOnlySource() throws Exception {
        start("/a.pak");

        var urls = parse(broker.get(METALINK + "/a.pak.meta4").body()).getElementsByTagNameNS("*", "url");

        assertThat(urls.getLength()).isEqualTo(1);
        assertThat(urls.item(0).getTextContent()).isEqualTo(broker.uri("/a.pak").toString());
    }

    @Test
    void whatIsUnknownOrSecretHasNone() throws Exception {
        start("/a.pak");

        assertThat(broker.get(METALINK + "/b.pak.meta4").statusCode()).isEqualTo(404);
        assertThat(broker.get(METALINK + "/a.pak").statusCode()).isEqualTo(404);
        assertThat(broker.get(METALINK + "/a.pak.meta4", "Cookie", "a=b").statusCode()).isEqualTo(404);
        assertThat(broker.get(METALINK + "/a.pak.meta4", "Authorization", "Basic eA==").statusCode()).isEqualTo(404);
        assertThat(broker.get(METALINK + "/../a.pak.meta4").statusCode()).isEqualTo(404);
        assertThat(broker.send("POST", METALINK + "/a.pak.meta4", BodyPublishers.noBody()).statusCode())
                .isEqualTo(405);
    }

    @Test
    void aHostThatIsNoneDoesNotShow() throws Exception {
        start("/a.pak");

        String answer = RawClient.exchange(broker.edge(), "GET " + METALINK
                + "/a.pak.meta4 HTTP/1.1\r\nHost: a<b>@evil.example\r\nConnection: close\r\n\r\n");

        assertThat(answer).doesNotContain("evil.example");
    }

    @Test
    void ifTheOperatorWantsItTheMetalinkIsTheAnswer() throws Exception {
        var map = start("/a.pak", "sharing.metalink=answer");
        try (var _ = FakePeer.at(broker).holding(map)) {
            var answer = broker.get("/a.pak", "Accept", "*/*,application/metalink4+xml");
            var other = broker.get("/a.pak", "Want-Repr-Digest", "sha-256=1");
            var part = broker.get("/a.pak", "Accept", "*/*,application/metalink4+xml", "Range", "bytes=5-");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Vary")).hasValue("Accept");
            assertThat(text(parse(answer.body()), "size")).isEqualTo("600000");
            assertThat(other.statusCode()).isEqualTo(302);
            assertThat(part.statusCode()).isEqualTo(302);
        }
    }
}
