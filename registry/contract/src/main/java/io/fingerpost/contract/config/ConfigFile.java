package io.fingerpost.contract.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** An operator's YAML file: what it says, and on which line. */
record ConfigFile(Path path, String text) {
    private static final Pattern STEPS = Pattern.compile("\\.|(?=\\[)");

    static ConfigFile read(Path path) {
        try {
            return new ConfigFile(path, Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new ConfigException("--config: no such file: " + path);
        } catch (IOException e) {
            throw new ConfigException("--config: cannot read " + path + ": " + e.getMessage());
        }
    }

    JsonNode tree(ObjectMapper yaml) {
        try {
            return yaml.readTree(text);
        } catch (JacksonException e) {
            throw new ConfigException(path + ":" + place(e));
        }
    }

    /** Line and reason; the engine knows both better than what Jackson makes of it, which is where the trouble began. */
    private static String place(JacksonException e) {
        return e.getCause() instanceof MarkedYamlEngineException marked && marked.getProblemMark().isPresent()
                ? marked.getProblemMark().get().getLine() + 1 + ": " + marked.getProblem()
                : e.getLocation().getLineNr() + ": " + e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    }

    /**
     * Where {@code key} stands, or what it would stand in: the first line is 1. Empty if the file has nothing of it.
     *
     * @param key such as `sharing.rules[2].audience`
     */
    OptionalInt line(String key) {
        Node at = root();
        OptionalInt line = OptionalInt.empty();
        for (String step : STEPS.split(key, -1)) {
            Found found = step(at, step);
            if (found == null) {
                return line;
            }
            line = OptionalInt.of(found.mark.getLine() + 1);
            at = found.value;
        }
        return line;
    }

    /** Null for a file with nothing in it, and for what Jackson reads but this does not, such as a second document. */
    private @Nullable Node root() {
        try {
            return new Compose(LoadSettings.builder().build()).composeString(text).orElse(null);
        } catch (YamlEngineException | IllegalArgumentException e) { // the second for a tag that is none
            return null;
        }
    }

    private record Found(Mark mark, Node value) {}

    private static @Nullable Found step(@Nullable Node in, String step) {
        if (in instanceof SequenceNode list && step.startsWith("[")) {
            int index = Integer.parseInt(step.substring(1, step.length() - 1));
            List<Node> items = list.getValue();
            return index < items.size() ? found(items.get(index), items.get(index)) : null;
        }
        if (in instanceof MappingNode section) {
            for (NodeTuple entry : section.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode name && name.getValue().equals(step)) {
                    return found(name, entry.getValueNode());
                }
            }
        }
        return null;
    }

    private static @Nullable Found found(Node place, Node value) {
        return place.getStartMark().map(mark -> new Found(mark, value)).orElse(null);
    }
}
