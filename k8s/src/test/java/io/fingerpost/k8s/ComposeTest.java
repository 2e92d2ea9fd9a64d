package io.fingerpost.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The Compose file says what the programs say, and gives nothing away. Compose itself is not run here. */
class ComposeTest {
    private static final String ADMIN_PORT = "9090";
    private static final String GATEWAY_PORT = "7401";

    private Compose compose;
    private BrokerConfig broker;
    private AgentConfig agent;
    private AgentConfig superNode;

    @BeforeEach
    void read() throws IOException {
        compose = Compose.read();
        broker = Programs.broker(compose.start("broker", Dockerfile.of("broker")));
        agent = Programs.agent(compose.start("agent", Dockerfile.of("agent")));
        superNode = Programs.agent(compose.start("super-node", Dockerfile.of("agent")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"origin", "broker", "agent", "super-node"})
    void noServiceMayMoreThanItNeeds(String name) throws IOException {
        var service = compose.service(name);
        int user = service.has("build")
                ? Dockerfile.of(name.equals("broker") ? "broker" : "agent").user()
                : Integer.parseInt(service.at("/user").asString().replaceFirst(":\\d+$", ""));

        assertThat(user).isPositive();
        assertThat(service.has("build")).isNotEqualTo(service.has("user"));
        assertThat(service.at("/read_only").asBoolean()).isTrue();
        assertThat(Project.strings(service.at("/cap_drop"))).containsExactly("ALL");
        assertThat(Project.strings(service.at("/security_opt"))).containsExactly("no-new-privileges:true");
        assertThat(service.at("/deploy/resources/limits").propertyNames()).contains("cpus", "memory");
        assertThat(service.at("/healthcheck").propertyNames()).contains("test", "interval", "timeout");
        assertThat(service.propertyNames()).doesNotContain("privileged", "cap_add", "network_mode", "pid", "ipc",
                "devices");
    }

    @Test
    void imagesAreBuiltFromOurFilesUnderTheVersionOfTheProgram() {
        compose.services().values().stream().filter(service -> service.has("build")).forEach(service -> {
            Path context = Project.path(Compose.FOLDER + service.at("/build/context").asString()).normalize();
            Path dockerfile = context.resolve(service.at("/build/dockerfile").asString());
            String program = dockerfile.getFileName().toString().replace(".Dockerfile", "");

            assertThat(context).isEqualTo(Project.path("").normalize());
            assertThat(dockerfile).isRegularFile();
            assertThat(service.at("/image").asString())
                    .isEqualTo("fingerpost-" + program + ":" + Programs.version(program));
        });
    }

    @Test
    void publishesEveryPortThatAProgramHasForThisMachine() {
        assertThat(compose.published("broker")).containsExactlyInAnyOrder(broker.edge().listen().orElseThrow().port(),
                broker.admin().listen().port());
        assertThat(compose.published("agent")).containsExactly(agent.gateway().port());
        assertThat(compose.published("super-node")).containsExactly(superNode.gateway().port());
        assertThat(List.of(agent.gateway(), superNode.gateway())).allMatch(HostPort::isWildcard);
        assertThat(compose.published("origin")).isEmpty();
    }

    @Test
    void theBrokerFindsTheOriginAndAgentsFindTheBroker() throws IOException {
        assertThat(broker.origin().url()).isEqualTo(URI.create("http://origin:8080"));
        assertThat(Project.text(Compose.FOLDER + "origin.conf")).contains("listen " + broker.origin().url().getPort()
                + ";");
        assertThat(List.of(agent.broker(), superNode.broker()))
                .containsOnly(URI.create("http://broker:" + broker.edge().listen().orElseThrow().port()));
    }

    @Test
    void theOriginLabelsWhatItServes() throws IOException {
        assertThat(Project.text(Compose.FOLDER + "origin.conf"))
                .containsPattern("add_header Cache-Control \"public, max-age=[1-9]\\d*\";");
    }

    @Test
    void peersMayLiveInTheirNetworkAndNowhereElse() {
        String subnet = compose.document().at("/networks/peers/ipam/config/0/subnet").asString();

        assertThat(broker.registry().allowPeers()).containsExactly(subnet);
        assertThat(networks("agent")).containsExactly("peers");
        assertThat(networks("super-node")).containsExactly("peers");
    }

    @Test
    void onlyTheBrokerReachesTheOrigin() {
        assertThat(compose.document().at("/networks/origin/internal").asBoolean()).isTrue();
        assertThat(networks("origin")).containsExactly("origin");
        assertThat(networks("broker")).containsExactlyInAnyOrder("origin", "peers");
    }

    @Test
    void theTokenIsTheUsersAndStandsInNoCommandLine() throws IOException {
        assertThat(broker.registry().superNodeToken()).contains(Compose.TOKEN);
        assertThat(superNode.token()).contains(Compose.TOKEN);
        assertThat(agent.token()).isEmpty();
        assertThat(compose.services().values()).noneMatch(
                service -> service.at("/command").toString().contains(Compose.TOKEN));
        assertThat(Compose.text()).contains("${FINGERPOST_SUPER_NODE_TOKEN:?");
    }

    @Test
    void mountsWhatIsThereAndKeepsDataInVolumes() {
        assertThat(Project.strings(compose.service("origin").at("/volumes")))
                .containsExactly("./origin.conf:/etc/nginx/nginx.conf:ro", "/a/site:/srv:ro");
        assertThat(Project.path(Compose.FOLDER + "origin.conf")).isRegularFile();
        Map.of("broker", broker.data(), "agent", agent.data(), "super-node", superNode.data())
                .forEach((service, data) -> {
                    assertThat(Project.strings(compose.service(service).at("/volumes")))
                            .containsExactly(service + ":/data");
                    assertThat(data).startsWithRaw(Path.of("/data"));
                    assertThat(compose.document().at("/volumes").has(service)).isTrue();
                });
    }

    @Test
    void requestsUnderWayMayEndBeforeTheBrokerIsKilled() {
        var grace = Duration.parse("PT" + compose.service("broker").at("/stop_grace_period").asString());

        assertThat(grace).isGreaterThan(broker.edge().drainTimeout());
    }

    @Test
    void healthChecksSeeAReadyBrokerAndARegisteredAgent(@TempDir Path folder) throws IOException, InterruptedException {
        int admin;
        int gateway;
        try (var system = new LiveSystem(folder)) {
            admin = system.admin().getPort();
            gateway = system.gateway().getPort();

            assertThat(exitCode("broker", ADMIN_PORT, admin)).isZero();
            assertThat(exitCode("agent", GATEWAY_PORT, gateway)).isZero();
            assertThat(exitCode("super-node", GATEWAY_PORT, gateway)).isZero();
            // An agent that answers, but not that it is registered.
            assertThat(exitCode("agent", GATEWAY_PORT, admin)).isNotZero();
        }
        assertThat(exitCode("broker", ADMIN_PORT, admin)).isNotZero();
        assertThat(exitCode("agent", GATEWAY_PORT, gateway)).isNotZero();
    }

    /** Runs a service's own check, only with another port. */
    private int exitCode(String service, String port, int otherPort) throws IOException, InterruptedException {
        var command = Project.strings(compose.service(service).at("/healthcheck/test")).stream().skip(1)
                .map(word -> word.replace("/dev/tcp/127.0.0.1/" + port, "/dev/tcp/127.0.0.1/" + otherPort)).toList();
        assertThat(command).anyMatch(word -> word.contains("/" + otherPort));

        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private List<String> networks(String service) {
        JsonNode networks = compose.service(service).at("/networks");
        return Project.strings(networks);
    }
}
