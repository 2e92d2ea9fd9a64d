package io.fingerpost.contract.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Builds a configuration: the defaults, over them a YAML file, over that single keys; then binds it to a record.
 *
 * <p>The defaults name every key there is. A key that they do not have, or a value that the record does not take, is a
 * {@link ConfigException} whose message is one line that names both. `${NAME}` and `${NAME:default}` in a file's values
 * stand for environment variables. A message about something in the file begins with `FILE:LINE: `.
 */
public final class ConfigLoader {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?}");

    private final YAMLMapper yaml = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationText()))
            .build();
    private final Map<String, String> environment;
    private final ObjectNode tree;
    private final Map<String, ListTemplate> lists;
    /** Keys that were set one by one, and stand above the file. */
    private final Set<String> single = new HashSet<>();
    private @Nullable ConfigFile file;

    /** @param defaults a YAML resource beside {@code owner} that names every key */
    public ConfigLoader(Class<?> owner, String defaults, Map<String, String> environment) {
        this.environment = environment;
        try (InputStream in = Objects.requireNonNull(owner.getResourceAsStream(defaults), defaults)) {
            this.tree = (ObjectNode) yaml.readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException("the built-in " + defaults + " cannot be read", e);
        }
        this.lists = ListTemplate.takeFrom(tree);
    }

    /** Lays the file's keys over what is there. */
    public ConfigLoader file(Path path) {
        ConfigFile read = ConfigFile.read(path);
        JsonNode overlay = read.tree(yaml);
        if (overlay instanceof ObjectNode object) {
            overlay(tree, object, "", key -> path + lineOf(read, key));
        } else if (!overlay.isMissingNode() && !overlay.isNull()) {
            throw new ConfigException(path + ": keys and values are wanted");
        }
        file = read;
        return this;
    }

    /**
     * Sets one key.
     *
     * @param key with dots, such as `lease.ttl`
     * @param source what to name in an error, such as the option
     */
    public ConfigLoader set(String key, String value, String source) {
        var overlay = yaml.createObjectNode();
        ObjectNode parent = overlay;
        String[] names = key.split("\\.", -1);
        for (String name : Arrays.copyOf(names, names.length - 1)) {
            parent = parent.putObject(name);
        }
        parent.put(names[names.length - 1], value);
        overlay(tree, overlay, "", _ -> source);
        single.add(key);
        return this;
    }

    private void overlay(ObjectNode target, ObjectNode source, String path, UnaryOperator<String> origin) {
        source.forEachEntry((name, value) -> {
            String key = path.isEmpty() ? name : path + "." + name;
            JsonNode existing = target.get(name);
            if (existing instanceof ObjectNode && value.isNull()) {
                return; // a section of which every key is commented out
            }
            if (existing == null || existing.isObject() && !value.isObject()
                    || !existing.isObject() && value.isObject()) {
                throw unknown(origin.apply(key), key, value, target);
            }
            if (existing instanceof ObjectNode inner) {
                overlay(inner, (ObjectNode) value, key, origin);
            } else {
                target.set(name, fit(existing, substituted(value, key)));
            }
        });
    }

    /** An item of a list has a key that it cannot have. */
    ConfigException unknown(String key, JsonNode value, ObjectNode known) {
        return unknown(file == null ? "configuration" : file.path() + lineOf(file, key), key, value, known);
    }

    private static ConfigException unknown(String origin, String key, JsonNode value, ObjectNode known) {
        if (value instanceof ObjectNode inner && !inner.isEmpty()) {
            var first = inner.properties().iterator().next();
            return unknown(origin, key + "." + first.getKey(), first.getValue(), known);
        }
        return new ConfigException(
                origin + ": unknown key '" + key + "' (value '" + shown(value) + "'); known here: "
                        + known.properties().stream().map(Map.Entry::getKey).collect(Collectors.joining(", ")));
    }

    private static String shown(JsonNode value) {
        return value.isValueNode() ? value.asString() : value.toString();
    }

    /** A list may be given as one text with commas. */
    JsonNode fit(JsonNode existing, JsonNode value) {
        if (!existing.isArray() || !value.isString()) {
            return value;
        }
        ArrayNode list = yaml.createArrayNode();
        Arrays.stream(value.stringValue().split(",")).map(String::strip).filter(part -> !part.isEmpty())
                .forEach(list::add);
        return list;
    }

    private JsonNode substituted(JsonNode value, String key) {
        if (value instanceof ArrayNode list) {
            ArrayNode filled = yaml.createArrayNode();
            list.forEach(part -> filled.add(substituted(part, key)));
            return filled;
        }
        if (value instanceof ObjectNode item) {
            ObjectNode filled = yaml.createObjectNode();
            item.forEachEntry((name, part) -> filled.set(name, substituted(part, key + "." + name)));
            return filled;
        }
        if (!value.isString()) {
            return value;
        }
        String text = VARIABLE.matcher(value.stringValue()).replaceAll(found -> Matcher.quoteReplacement(
                variable(found.group(1), found.group(2), key)));
        return yaml.getNodeFactory().stringNode(text);
    }

    private String variable(String name, @Nullable String otherwise, String key) {
        String value = environment.getOrDefault(name, otherwise);
        if (value == null) {
            throw new ConfigException("key '" + key + "': environment variable " + name + " is not set");
        }
        return value;
    }

    /** The record. */
    public <T> T bind(Class<T> type) {
        ObjectNode whole = tree.deepCopy();
        lists.values().forEach(list -> list.fill(whole, this));
        try {
            return yaml.treeToValue(whole, type);
        } catch (JacksonException e) {
            throw refusal(e, whole);
        }
    }

    private ConfigException refusal(JacksonException e, ObjectNode whole) {
        Throwable cause = root(e);
        String key = path(e);
        if (cause instanceof BadKey bad) {
            key = key.isEmpty() ? bad.key() : key + "." + bad.key();
        }
        JsonNode value = whole.at("/" + key.replaceAll("\\.|\\[", "/").replace("]", ""));
        if (value.isNull()) {
            return new ConfigException(place(key) + "key '" + key + "' has no default and needs a value");
        }
        String shown = value.isValueNode()
                ? "bad value '" + withoutPassword(value.asString()) + "' for '" + key + "': "
                : section(key);
        return new ConfigException(place(key) + shown + reason(e, cause));
    }

    /** A URL may bear one. */
    private static String withoutPassword(String value) {
        return value.replaceFirst("//[^/]*@", "//…@");
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Such as `sharing.rules[2].audience`. */
    private static String path(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }

    /** `FILE:LINE: ` if the file says it; else nothing. */
    private String place(String key) {
        if (file == null || single.stream().anyMatch(set -> set.startsWith(key))) {
            return "";
        }
        String line = lineOf(file, key);
        return line.isEmpty() ? "" : file.path() + line + ": ";
    }

    private static String lineOf(ConfigFile file, String key) {
        OptionalInt line = file.line(key);
        return line.isPresent() ? ":" + line.getAsInt() : "";
    }

    /** What a record says of several of its keys stands under the section; at the top there is none. */
    private static String section(String key) {
        return key.isEmpty() ? "" : key + ": ";
    }

    private static String reason(JacksonException e, Throwable cause) {
        return cause instanceof IllegalArgumentException && cause.getMessage() != null
                ? cause.getMessage()
                : e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    }
}
