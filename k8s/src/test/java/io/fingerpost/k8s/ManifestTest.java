package io.fingerpost.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.fingerpost.agent.AgentConfig;
import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.testing.RequiresTool;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The manifests are Kubernetes', and say what the programs say. */
@RequiresTool("kubectl")
@ParameterizedClass
@ValueSource(strings = {"k8s/base", "k8s/overlays/example"})
class ManifestTest {
    /** What checks that an object has the fields that it needs, and no others. */
    private interface Model {
        void validate(JsonElement object) throws IOException;
    }

    private static final Map<String, Model> MODELS = Map.of(
            "v1 Namespace", V1Namespace::validateJsonElement,
            "v1 ServiceAccount", V1ServiceAccount::validateJsonElement,
            "v1 ConfigMap", V1ConfigMap::validateJsonElement,
            "v1 Service", V1Service::validateJsonElement,
            "apps/v1 Deployment", V1Deployment::validateJsonElement,
            "apps/v1 DaemonSet", V1DaemonSet::validateJsonElement,
            "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::validateJsonElement);

    @Parameter
    private String folder;
    @TempDir
    private Path scratch;
    private Manifests manifests;
    private Workload broker;
    private Workload agents;
    private BrokerConfig brokerConfig;
    private AgentConfig agentConfig;

    @BeforeEach
    void render() throws IOException, InterruptedException {
        manifests = Manifests.of(folder);
        broker = manifests.broker();
        agents = manifests.agents();
        brokerConfig = Programs.broker(broker.start(Dockerfile.of("broker"), scratch));
        agentConfig = Programs.agent(agents.start(Dockerfile.of("agent"), scratch));
    }

    @Test
    void hasOnlyFieldsThatKubernetesKnows() {
        for (JsonNode object : manifests.objects()) {
            String kind = object.at("/apiVersion").asString() + " " + object.at("/kind").asString();
            var model = Objects.requireNonNull(MODELS.get(kind), () -> "add the model of " + kind);

            ThrowingCallable validation = () -> model.validate(JsonParser.parseString(object.toString()));
            assertThatCode(validation).as(kind).doesNotThrowAnyException();
        }
    }

    @Test
    void everythingLivesInOneNamespace() {
        String namespace = manifests.all("Namespace").findFirst().orElseThrow().at("/metadata/name").asString();

        assertThat(manifests.objects()).filteredOn(object -> !object.at("/kind").asString().equals("Namespace"))
                .allMatch(object -> object.at("/metadata/namespace").asString().equals(namespace));
    }

    @Test
    void noPodMayMoreThanItNeeds() throws IOException {
        for (var workload : List.of(broker, agents)) {
            var user = workload.pod().at("/securityContext");
            assertThat(user.at("/runAsNonRoot").asBoolean()).isTrue();
            assertThat(user.at("/runAsUser").asInt()).isEqualTo(image(workload).user());
            assertThat(user.at("/runAsGroup").asInt()).isEqualTo(image(workload).user());
            assertThat(user.at("/seccompProfile/type").asString()).isEqualTo("RuntimeDefault");
            assertThat(workload.pod().propertyNames()).doesNotContain("hostPID", "hostIPC");
            assertThat(workload.pod().at("/automountServiceAccountToken").asBoolean(true)).isFalse();

            var rights = workload.container().at("/securityContext");
            assertThat(rights.at("/readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(rights.at("/allowPrivilegeEscalation").asBoolean(true)).isFalse();
            assertThat(Project.strings(rights.at("/capabilities/drop"))).containsExactly("ALL");
            assertThat(rights.propertyNames()).as("nothing that loosens it").containsExactlyInAnyOrder(
                    "readOnlyRootFilesystem", "allowPrivilegeEscalation", "capabilities");
            assertThat(rights.at("/capabilities").has("add")).isFalse();
        }
        assertThat(broker.pod().has("hostNetwork")).isFalse();
    }

    @Test
    void theTokenComesFromASecretThatIsNotHere() {
        assertThat(manifests.all("Secret")).isEmpty();
        assertThat(brokerConfig.registry().superNodeToken()).contains(Workload.TOKEN);
        assertThat(agentConfig.token()).contains(Workload.TOKEN);
    }

    @Test
    void theBrokerListensWhereItsPodSays() {
        assertThat(broker.portNumber("edge")).isEqualTo(brokerConfig.edge().listen().orElseThrow().port());
        assertThat(broker.portNumber("admin")).isEqualTo(brokerConfig.admin().listen().port());
        assertThat(brokerConfig.edge().listen().orElseThrow().isWildcard()).isTrue();
        assertThat(brokerConfig.admin().listen().isWildcard()).isTrue();
    }

    @Test
    void agentsListenWhereTheirPodSaysOnTheNodesNetwork() {
        assertThat(agents.pod().at("/hostNetwork").asBoolean()).isTrue();
        assertThat(agents.portNumber("peers")).isEqualTo(agentConfig.listen().port());
        assertThat(agents.portNumber("gateway")).isEqualTo(agentConfig.gateway().port());
        assertThat(List.of(agents.port("peers"), agents.port("gateway")))
                .allMatch(port -> port.at("/hostPort").asInt() == port.at("/containerPort").asInt());
        assertThat(agentConfig.gateway().host()).isEqualTo(agents.port("gateway").at("/hostIP").asString())
                .isEqualTo("127.0.0.1");
    }

    @Test
    void agentsAdvertiseTheirNodesAddressWithTheirOwnPort() {
        assertThat(agentConfig.advertise()).singleElement().hasToString(
                "http://" + Workload.HOST_IP + ":" + agentConfig.listen().port());
    }

    @Test
    void agentsFindTheEdgeByItsServiceAndNobodyFindsTheAdminListenerThere() {
        URI url = agentConfig.broker();
        int port = url.getPort() == -1 ? 80 : url.getPort();

        var edge = manifests.named("Service", url.getHost()).at("/spec/ports").values();
        assertThat(edge).singleElement().satisfies(it -> {
            assertThat(it.at("/port").asInt()).isEqualTo(port);
            assertThat(it.at("/targetPort").asString()).isEqualTo("edge");
        });
    }

    @Test
    void selectorsAndPortsNameWhatIsThere() {
        assertThat(Stream.of(broker, agents)).allMatch(
                workload -> selects(workload.object().at("/spec/selector/matchLabels"), workload));
        for (JsonNode service : manifests.all("Service").toList()) {
            assertThat(selects(service.at("/spec/selector"), broker)).as(service.toString()).isTrue();
            service.at("/spec/ports").values().forEach(port -> broker.port(port.at("/targetPort").asString()));
        }
        for (JsonNode policy : manifests.all("NetworkPolicy").toList()) {
            assertThat(selects(policy.at("/spec/podSelector/matchLabels"), broker)).as(policy.toString()).isTrue();
            policy.at("/spec/ingress").values().stream().flatMap(rule -> rule.at("/ports").values().stream())
                    .forEach(port -> broker.port(port.at("/port").asString()));
        }
    }

    private static boolean selects(JsonNode selector, Workload workload) {
        return !selector.isEmpty() && workload.labels().properties().containsAll(selector.properties());
    }

    @Test
    void probesAskWhatTheProgramsAnswer() throws IOException, InterruptedException {
        assertThat(broker.probes()).extracting(probe -> probe.at("/httpGet/path").asString()).contains("/livez",
                "/readyz");
        assertThat(agents.probes()).isNotEmpty();
        try (var system = new LiveSystem(scratch); var http = HttpClient.newHttpClient()) {
            var listeners = Map.of("admin", system.admin(), "gateway", system.gateway());
            for (JsonNode probe : Stream.of(broker, agents).flatMap(workload -> workload.probes().stream()).toList()) {
                var get = probe.at("/httpGet");
                URI url = listeners.get(get.at("/port").asString()).resolve(get.at("/path").asString());

                assertThat(http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding()).statusCode())
                        .as(url.toString()).isEqualTo(200);
            }
        }
    }

    @Test
    void aGatewayOnLoopbackIsProbedThere() {
        assertThat(agents.probes()).allMatch(probe -> probe.at("/httpGet/host").asString().equals("127.0.0.1"));
    }

    @Test
    void requestsUnderWayMayEndBeforeThePodIsKilled() {
        var preStop = Duration.ofSeconds(broker.container().at("/lifecycle/preStop/sleep/seconds").asInt());
        var grace = Duration.ofSeconds(broker.pod().at("/terminationGracePeriodSeconds").asInt());

        assertThat(preStop).isPositive();
        assertThat(grace).isGreaterThan(preStop.plus(brokerConfig.edge().drainTimeout()));
    }

    @Test
    void thereIsOneBrokerForTheRegistryIsInItsMemory() {
        assertThat(broker.object().at("/spec/replicas").asInt()).isEqualTo(1);
    }

    @Test
    void dataLiesInAVolumeThatCanBeWrittenBelowItsRoot() {
        for (Path data : List.of(brokerConfig.data(), agentConfig.data())) {
            var workload = data.equals(brokerConfig.data()) ? broker : agents;
            var mount = workload.mountOf(data);

            assertThat(mount.at("/readOnly").asBoolean(false)).isFalse();
            assertThat(data).isNotEqualTo(Path.of(mount.at("/mountPath").asString()));
            assertThat(workload.volumeOf(data).has("emptyDir")).isTrue();
        }
    }

    @Test
    void theStoreFitsItsVolumeOrElseThePodWereEvicted() {
        var volume = Quantity.fromString(agents.volumeOf(agentConfig.data()).at("/emptyDir/sizeLimit").asString());

        assertThat(volume.getNumber().longValueExact()).isGreaterThan(agentConfig.store().maxSize().bytes());
    }

    @Test
    void everyContainerSaysWhatItNeeds() {
        for (var workload : List.of(broker, agents)) {
            var resources = workload.container().at("/resources");

            assertThat(resources.at("/requests").propertyNames()).contains("cpu", "memory");
            assertThat(resources.at("/limits").propertyNames()).contains("memory");
        }
    }

    @Test
    void imagesHaveTheNameAndVersionOfTheProgram() {
        assertThat(broker.container().at("/image").asString())
                .matches("(registry\\.example\\.com/)?fingerpost-broker:\\Q" + Programs.version("broker") + "\\E");
        assertThat(agents.container().at("/image").asString())
                .matches("(registry\\.example\\.com/)?fingerpost-agent:\\Q" + Programs.version("agent") + "\\E");
    }

    private Dockerfile image(Workload workload) throws IOException {
        return Dockerfile.of(workload == broker ? "broker" : "agent");
    }
}
