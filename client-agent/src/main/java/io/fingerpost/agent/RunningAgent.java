package io.fingerpost.agent;

import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/**
 * What an agent that runs writes into its data directory, for the other commands to find it.
 *
 * @param gateway URL of its gateway
 */
public record RunningAgent(String broker, String gateway) {
    private static final String FILE = "agent.json";

    void write(Path data) throws IOException {
        Files.write(data.resolve(FILE), WireJson.strict().writeValueAsBytes(this));
    }

    /** What stands in {@code data}; whether that agent still runs is another question. */
    public static Optional<RunningAgent> read(Path data) {
        try {
            return Optional
                    .of(WireJson.lenient().readValue(Files.readAllBytes(data.resolve(FILE)), RunningAgent.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }
}
