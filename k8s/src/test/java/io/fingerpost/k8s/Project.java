package io.fingerpost.k8s;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The checkout that the tests look at. */
final class Project {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Path ROOT = Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
            .filter(folder -> Files.isDirectory(folder.resolve(".mvn"))).findFirst().orElseThrow();

    private Project() {}

    /** A file or folder by its path from the project's root. */
    static Path path(String name) {
        return ROOT.resolve(name);
    }

    static String text(String name) throws IOException {
        return Files.readString(path(name));
    }

    /** The documents of a YAML text. */
    static List<JsonNode> yaml(String text) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return documents.readAll();
        }
    }

    /** Strictly JSON. */
    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** A list of texts. */
    static List<String> strings(JsonNode list) {
        return list.values().stream().map(JsonNode::asString).toList();
    }
}
