package io.fingerpost.testing;

import io.fingerpost.contract.api.OpenApiPage;
import io.fingerpost.contract.api.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The written contract, to hold what the registry does against it. */
public final class OpenApi {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "options", "head", "patch",
            "trace");

    private final JsonNode page;

    private OpenApi(JsonNode page) {
        this.page = page;
    }

    public static OpenApi read() {
        return new OpenApi(JsonMapper.shared().readTree(OpenApiPage.bytes()));
    }

    /** @param path as the page has it, with the names of its parameters */
    public record Operation(String method, String path, JsonNode node) {
        /** Such as `GET /a/{b}`. */
        public String route() {
            return method + " " + path;
        }

        /** The scheme that it cannot do without; empty if there is none. */
        public String security() {
            JsonNode wanted = node.path("security").path(0);
            return wanted.isObject() && !wanted.isEmpty() ? wanted.propertyNames().iterator().next() : "";
        }

        private boolean isFor(String otherMethod, String rawPath) {
            return method.equals(otherMethod) && rawPath.matches(path.replaceAll("\\{[a-z]+}", "[^/]*"));
        }
    }

    public Stream<Operation> operations() {
        return page.get("paths").properties().stream()
                .flatMap(path -> path.getValue().properties().stream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .map(member -> new Operation(member.getKey().toUpperCase(Locale.ROOT), path.getKey(),
                                member.getValue())));
    }

    public JsonNode operation(String method, String path) {
        return operations().filter(operation -> operation.route().equals(method + " " + path)).findFirst().orElseThrow()
                .node();
    }

    /** The kinds of problem that may be answered with {@code status}: those of the operation, or else those of any path. */
    public List<String> kinds(String method, String rawPath, int status) {
        return operations().filter(operation -> operation.isFor(method, rawPath)).findFirst()
                .map(operation -> kinds(operation.node().get("responses").path(String.valueOf(status))))
                .orElseGet(() -> page.at("/components/responses").valueStream()
                        .flatMap(response -> kinds(response).stream()).toList());
    }

    private static List<String> kinds(JsonNode response) {
        return response.path("content").path(Problem.MEDIA_TYPE).path("schema").path("allOf").path(1)
                .path("properties").path("type").path("enum").valueStream().map(JsonNode::stringValue).toList();
    }

    public JsonNode schemas() {
        return page.at("/components/schemas");
    }

    /** What a schema refers to, or itself. */
    public JsonNode resolved(JsonNode schema) {
        return schema.has("$ref") ? at(schema.get("$ref").stringValue()) : schema;
    }

    public JsonNode at(String reference) {
        return page.at(reference.substring(1));
    }

    /** What is said of each media type of each request and answer. */
    public Stream<JsonNode> contents() {
        return page.findValues("content").stream().flatMap(JsonNode::valueStream);
    }

    public List<String> references() {
        return page.findValues("$ref").stream().map(JsonNode::stringValue).toList();
    }
}
