package io.fingerpost.k8s;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** `deploy/compose/compose.yaml` as Compose understands it, with its variables replaced. */
record Compose(JsonNode document) {
    static final String FOLDER = "deploy/compose/";
    static final String TOKEN = "from-the-environment";

    private static final Map<String, String> VARIABLES = Map.of("FINGERPOST_SUPER_NODE_TOKEN", TOKEN,
            "FINGERPOST_SITE", "/a/site");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\$|\\$\\{([A-Z_]+):\\?[^}]+}");

    static Compose read() throws IOException {
        return new Compose(Project.yaml(substituted(text())).getFirst());
    }

    static String text() throws IOException {
        return Project.text(FOLDER + "compose.yaml");
    }

    /** Only the forms that are meant to be there: `$$`, and a variable that `:?` demands, for none has a right default. */
    private static String substituted(String text) {
        return VARIABLE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(
                found.group(1) == null ? "$" : VARIABLES.get(found.group(1))));
    }

    JsonNode service(String name) {
        return document.at("/services").path(name);
    }

    Map<String, JsonNode> services() {
        return document.at("/services").properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** How the program of an image starts in a service. */
    Programs.Start start(String service, Dockerfile image) {
        var environment = service(service).at("/environment").properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, variable -> variable.getValue().asString()));
        return Programs.Start.of(image, Project.strings(service(service).at("/command")), environment,
                UnaryOperator.identity());
    }

    /** The container's sides of a service's ports; every one must be published on this machine's loopback only. */
    List<Integer> published(String service) {
        return Project.strings(service(service).at("/ports")).stream().map(port -> {
            if (!port.matches("127\\.0\\.0\\.1:\\d+:\\d+")) {
                throw new AssertionError("published to the world: " + port);
            }
            return Integer.valueOf(port.substring(port.lastIndexOf(':') + 1));
        }).toList();
    }
}
