package io.fingerpost.k8s;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What `kubectl apply -k` would send. */
record Manifests(List<JsonNode> objects) {

    /** Renders a folder with a kustomization. */
    static Manifests of(String folder) throws IOException, InterruptedException {
        var process = new ProcessBuilder("kubectl", "kustomize", folder).directory(Project.path("").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String rendered = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("kubectl kustomize " + folder + " failed");
        }
        return new Manifests(Project.yaml(rendered));
    }

    Stream<JsonNode> all(String kind) {
        return objects.stream().filter(object -> object.at("/kind").asString().equals(kind));
    }

    JsonNode named(String kind, String name) {
        return all(kind).filter(object -> object.at("/metadata/name").asString().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    Workload broker() {
        return new Workload(named("Deployment", "fingerpost-broker"), this);
    }

    Workload agents() {
        return new Workload(named("DaemonSet", "fingerpost-agent"), this);
    }
}
