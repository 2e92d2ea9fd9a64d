package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad input gets a clear answer, and nothing is lost by it. */
class BadInputIT {
    @RegisterExtension
    private final Site site = new Site();

    static Stream<Arguments> badStarts() {
        String broker = "fingerpost-broker";
        String agent = "fingerpost-agent";
        return Stream.of(
                Arguments.of(broker, "--set lease.tll=10s --origin http://127.0.0.1:1", "'lease.tll'", "'10s'"),
                Arguments.of(broker, "--set lease.ttl=soon --origin http://127.0.0.1:1", "'lease.ttl'", "'soon'"),
                Arguments.of(broker, "--listen nowhere --origin http://127.0.0.1:1", "'edge.listen'", "'nowhere'"),
                Arguments.of(broker, "--origin ftp://a", "origin", "http"),
                Arguments.of(broker, "token bad/name", "ACCOUNT", "'bad/name'"),
                Arguments.of(broker, "--audience some --origin http://127.0.0.1:1", "'sharing.audience'", "'some'"),
                Arguments.of(broker, "--allow-peers 10.0.0.0/99 --origin http://127.0.0.1:1", "10.0.0.0/99", "network"),
                Arguments.of(broker, "--set choice.max-rate=20Mbps --origin http://127.0.0.1:1", "'choice.max-rate'",
                        "'20Mbps'"),
                Arguments.of(broker, "--config missing.yaml", "missing.yaml", "--config"),
                Arguments.of(broker, "--nonsense", "--nonsense", ""),
                Arguments.of(broker, "--admin 127.0.0.1:0", "'origin.url'", "needs a value"),
                Arguments.of(agent, "run --broker http://127.0.0.1:1 --set serve.slots=many", "'serve.slots'",
                        "'many'"),
                Arguments.of(agent, "run --broker http://127.0.0.1:1 --set serve.slots=1025", "'serve.slots'",
                        "'1025'"),
                Arguments.of(agent, "run --broker http://127.0.0.1:1 --set serve.rate=20Mbps", "'serve.rate'",
                        "'20Mbps'"),
                Arguments.of(agent, "run --broker http://127.0.0.1:1 --advertise http://a/path", "'advertise[0]'",
                        "http://a/path"),
                Arguments.of(agent, "run --broker http://127.0.0.1:1 --set colour=red", "'colour'", "'red'"),
                Arguments.of(agent, "run", "'broker'", "needs a value"),
                Arguments.of(agent, "get not-a-url -o x", "not-a-url", "http"),
                Arguments.of(agent, "get http://127.0.0.1:1/a", "-o", ""),
                Arguments.of(agent, "fly", "fly", ""));
    }

    @ParameterizedTest
    @MethodSource("badStarts")
    void aBadOptionStopsTheStartWithOneLine(String program, String options, String key, String value) throws Exception {
        var ran = site.program(program, options.split(" "));

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).startsWith(program + ": ").contains(key, value);
        assertThat(ran.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"fingerpost-broker, --help, --super-node-token", "fingerpost-agent, --help, status",
            "fingerpost-agent, run --help, --gateway", "fingerpost-agent, get --help, -o",
            "fingerpost-agent, status --help, --json"})
    void helpShowsTheOptions(String program, String options, String shown) throws Exception {
        var ran = site.program(program, options.split(" "));

        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains(shown);
    }

    @Test
    void anAddressInUseIsTold() throws Exception {
        var broker = site.brokerFor("http://127.0.0.1:1");
        String taken = URI.create(broker.ready("edge")).getAuthority();

        var ran = site.program("fingerpost-broker", "--origin", "http://127.0.0.1:1", "--listen", taken, "--admin",
                "127.0.0.1:0", "--data", site.launcher().path("other").toString());

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).startsWith("fingerpost-broker: cannot listen on '" + taken + "': ");
    }

    @Test
    void twoProcessesNeverShareADataDirectory() throws Exception {
        site.brokerFor("http://127.0.0.1:1");

        var ran = site.program("fingerpost-broker", "--origin", "http://127.0.0.1:1", "--listen", "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0", "--data", site.launcher().path("broker").toString());

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains("in use by another process");
    }

    private record BadRegistration(String body, int status, String kind) {}

    private static Stream<BadRegistration> badRegistrations() {
        String unbudgeted = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"challenge\":\"" + "c".repeat(32);
        String key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
                + "\"budget\":{\"bitsPerSecond\":1000000,\"slots\":4,\"bytesPerMonth\":0},"
                + "\"uploads\":{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0},\"challenge\":\""
                + "c".repeat(32);
        return Stream.of(
                new BadRegistration("{\"key\":", 400, "bad-json"),
                new BadRegistration("{\"key\":\"" + key + "\",\"endpoints\":[\"http://127.0.0.1:9\"],\"more\":1}", 400,
                        "bad-json"),
                new BadRegistration("{\"key\":\"" + key + "\"}", 400, "bad-json"),
                new BadRegistration("{\"key\":\"" + unbudgeted + "\",\"endpoints\":[\"http://127.0.0.1:9000\"]}", 400,
                        "bad-json"),
                new BadRegistration("{\"key\":\"" + key + "\",\"endpoints\":[\"http://127.0.0.1:9000/x\"]}", 400,
                        "bad-json"),
                new BadRegistration("{\"key\":\"" + key + "\",\"endpoints\":[\"http://a\\r\\nX-Injected: 1:9000\"]}",
                        400,
                        "bad-json"),
                new BadRegistration("{\"key\":\"short\",\"endpoints\":[\"http://127.0.0.1:9000\"]}", 400, "bad-json"),
                new BadRegistration("{\"key\":\"" + key + "\",\"endpoints\":[\"http://127.0.0.1:22\"]}", 403,
                        "endpoint-refused"),
                new BadRegistration("{\"key\":\"" + key + "\",\"endpoints\":[\"http://192.168.1.1:9000\"]}", 403,
                        "endpoint-refused"),
                new BadRegistration("{\"key\":\"" + key + "\",\"endpoints\":[\"http://169.254.169.254:8000\"]}", 403,
                        "endpoint-refused"),
                new BadRegistration("x".repeat(2_000_000), 413, "body-too-large"));
    }

    @TestFactory
    @RequiresTool("curl")
    Stream<DynamicTest> aBadRegistrationIsRefusedWithAProblem() throws IOException {
        site.brokerFor("http://127.0.0.1:1");
        return badRegistrations().map(bad -> dynamicTest(bad.kind + " " + bad.body.length(), () -> {
            var file = Files.writeString(site.launcher().path("body"), bad.body);

            var ran = site.curl("-i", "-H", "Content-Type: application/json", "-H", "Expect:", "--data-binary",
                    "@" + file, site.edge() + "/.well-known/fingerpost/v1/peers");

            assertThat(ran.out()).startsWith("HTTP/1.1 " + bad.status)
                    .contains("application/problem+json", ":problem:" + bad.kind)
                    .doesNotContain("X-Injected", "io.fingerpost", "jackson");
            assertThat(site.metrics().sum("fingerpost_registry_peers", "")).isZero();
        }));
    }

    @Test
    void anEndpointThatIsSomebodyElsesIsNotProved() throws Exception {
        site.file("a.bin", 300_000);
        site.broker();
        var honest = site.agent("honest");
        var thief = site.started(site.launcher().agent("thief", site.edge(), "--advertise", honest.ready("peer")));

        await().until(() -> thief.logText().contains("endpoint not proved"));
        assertThat(site.metrics().sum("fingerpost_registry_peers", "")).isEqualTo(1);
    }

    @TestFactory
    @RequiresTool("curl")
    Stream<DynamicTest> aPathThatTwoServersMayReadDifferentlyIsRefused() throws IOException {
        site.broker();
        return Stream.of("/a/../b", "/a/%2e%2e/b", "/a//b", "//b", "/a%2fb", "/a%2Fb", "/a%5cb", "/a%00b", "/./a")
                .map(path -> dynamicTest(path, () -> {
                    var ran = site.curl("-i", "--path-as-is", site.edge() + path);

                    assertThat(ran.out()).startsWith("HTTP/1.1 400").contains("application/problem+json",
                            ":problem:bad-path");
                }));
    }

    @Test
    void nothingGetsIntoTheHeadOfAnAnswer() throws Exception {
        site.file("a.bin", 300_000);
        site.broker();
        URI edge = URI.create(site.edge());
        for (String target : new String[] {"/a%0d%0aX-Injected:%201", "/a.bin?%0d%0aX-Injected:%201",
                "/a\u000bX-Injected"}) {
            String answer = raw(edge, "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(answer.lines().takeWhile(line -> !line.isEmpty()))
                    .noneMatch(line -> line.startsWith("X-Injected"));
            assertThat(answer).startsWith("HTTP/1.1 ");
        }
    }

    private static String raw(URI server, String request) throws Exception {
        try (var socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void withoutARightTicketAPeerTellsNothing() throws Exception {
        site.file("a.bin", 300_000);
        site.broker("--set", "registry.ticket-ttl=1s");
        var agent = site.agent("agent");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);
        String location = site.get(site.edge() + "/a.bin", Site.VERIFYING).headers().firstValue("Location")
                .orElseThrow();
        String bare = location.substring(0, location.indexOf('?'));
        String other = bare.substring(0, bare.lastIndexOf('/') + 1) + "A".repeat(43);
        String ticket = location.substring(location.indexOf('?'));

        assertThat(site.get(location).statusCode()).isEqualTo(200);
        assertThat(site.get(bare).statusCode()).isEqualTo(403);
        assertThat(site.get(bare + "?t=" + "A".repeat(27)).statusCode()).isEqualTo(403);
        assertThat(site.get(other + ticket).body()).isEqualTo(site.get(bare).body()); // held or not, the same answer
        await().until(() -> site.get(location).statusCode() == 403);
        assertThat(new String(site.get(location).body())).contains("ticket-expired");
    }
}
