package io.fingerpost.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A Deployment or DaemonSet of one container: what its pods are, and how the program starts in them. */
record Workload(JsonNode object, Manifests manifests) {
    static final String HOST_IP = "192.0.2.7";
    static final String TOKEN = "from-the-secret";

    JsonNode pod() {
        return object.at("/spec/template/spec");
    }

    JsonNode labels() {
        return object.at("/spec/template/metadata/labels");
    }

    JsonNode container() {
        var containers = pod().at("/containers").values();
        if (containers.size() != 1 || pod().has("initContainers")) {
            throw new AssertionError("one container is expected: " + pod());
        }
        return containers.iterator().next();
    }

    /** The container's port of a name. */
    JsonNode port(String name) {
        return container().at("/ports").values().stream().filter(port -> port.at("/name").asString().equals(name))
                .findFirst().orElseThrow(() -> new AssertionError("no port " + name));
    }

    int portNumber(String name) {
        return port(name).at("/containerPort").asInt();
    }

    /** The mount in which a path of the container lies. */
    JsonNode mountOf(Path path) {
        return container().at("/volumeMounts").values().stream()
                .filter(mount -> path.startsWith(mount.at("/mountPath").asString()))
                .findFirst().orElseThrow(() -> new AssertionError("nothing is mounted at " + path));
    }

    JsonNode volumeOf(Path path) {
        String name = mountOf(path).at("/name").asString();
        return pod().at("/volumes").values().stream().filter(volume -> volume.at("/name").asString().equals(name))
                .findFirst().orElseThrow(() -> new AssertionError("no volume " + name));
    }

    /** How the program of an image starts in this pod; {@code scratch} takes the mounted files. */
    Programs.Start start(Dockerfile image, Path scratch) {
        if (container().has("command")) {
            throw new AssertionError("command would replace the image's entry point");
        }
        return Programs.Start.of(image, Project.strings(container().at("/args")), environment(),
                path -> mounted(path, scratch));
    }

    private Map<String, String> environment() {
        return container().at("/env").values().stream().collect(Collectors.toMap(
                variable -> variable.at("/name").asString(), variable -> resolved(variable.at("/valueFrom"))));
    }

    /** Only what comes from elsewhere: plain values would belong in the configuration file. */
    private static String resolved(JsonNode valueFrom) {
        if (valueFrom.at("/fieldRef/fieldPath").asString().equals("status.hostIP")) {
            return HOST_IP;
        }
        if (valueFrom.at("/secretKeyRef/name").asString().equals("fingerpost")
                && valueFrom.at("/secretKeyRef/key").asString().equals("super-node-token")) {
            return TOKEN;
        }
        throw new AssertionError("where does this come from? " + valueFrom);
    }

    private Path mounted(Path path, Path scratch) {
        var configMap = manifests.named("ConfigMap", volumeOf(path).at("/configMap/name").asString());
        JsonNode content = configMap.at("/data").path(path.getFileName().toString());
        if (content.isMissingNode()) {
            throw new AssertionError("the ConfigMap has no " + path.getFileName());
        }
        try {
            return Files.writeString(scratch.resolve(path.getFileName()), content.asString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> probes() {
        return container().properties().stream().filter(property -> property.getKey().endsWith("Probe"))
                .map(Map.Entry::getValue).toList();
    }
}
