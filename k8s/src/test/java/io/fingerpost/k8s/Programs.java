package io.fingerpost.k8s;

import io.fingerpost.agent.Agent;
import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.AgentMain;
import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.BrokerMain;
import io.fingerpost.contract.config.ConfigLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What our programs make of a command line: their own options and their own configuration, but nothing is started. */
final class Programs {
    private static final Map<String, String> BROKER_KEYS = Map.of("--origin", "origin.url", "--admin", "admin.listen",
            "--data", "data", "--allow-peers", "registry.allow-peers", "--super-node-token",
            "registry.super-node-token");
    private static final Map<String, String> AGENT_KEYS = Map.of("--broker", "broker", "--gateway", "gateway", "--data",
            "data", "--token", "token");

    private Programs() {}

    /**
     * A command line.
     *
     * @param arguments what stands behind the jar
     * @param files where the file is that the program would find at a path
     */
    record Start(List<String> arguments, Map<String, String> environment, UnaryOperator<Path> files) {
        /** An image's entry point with arguments of its user's. */
        static Start of(Dockerfile image, List<String> more, Map<String, String> environment,
                UnaryOperator<Path> files) {
            return new Start(Stream.concat(image.arguments().stream(), more.stream()).toList(), environment, files);
        }
    }

    static BrokerConfig broker(Start start) {
        var loader = new ConfigLoader(BrokerMain.class, "broker-defaults.yaml", start.environment);
        return configured(loader, start, parsed(brokerCommand(), start), BROKER_KEYS).bind(BrokerConfig.class);
    }

    static AgentConfig agent(Start start) {
        var loader = new ConfigLoader(Agent.class, "agent-defaults.yaml", start.environment);
        return configured(loader, start, parsed(agentCommand(), start).subcommand(), AGENT_KEYS)
                .bind(AgentConfig.class);
    }

    static BrokerConfig brokerDefaults() {
        return broker(new Start(List.of("--origin", "http://origin"), Map.of(), UnaryOperator.identity()));
    }

    static AgentConfig agentDefaults() {
        return agent(new Start(List.of("run", "--broker", "http://broker"), Map.of(), UnaryOperator.identity()));
    }

    /** The version that `--version` tells. */
    static String version(String program) {
        var command = program.equals("broker") ? brokerCommand() : agentCommand();
        return command.getCommandSpec().version()[0].replaceFirst("^fingerpost-\\w+ ", "");
    }

    private static CommandLine brokerCommand() {
        return new CommandLine(new BrokerMain());
    }

    private static CommandLine agentCommand() {
        return AgentMain.commandLine();
    }

    /** Refuses, as the program does, an option that does not exist or stands there twice. */
    private static ParseResult parsed(CommandLine command, Start start) {
        return command.parseArgs(start.arguments.toArray(String[]::new));
    }

    private static ConfigLoader configured(ConfigLoader loader, Start start, ParseResult parsed,
            Map<String, String> keys) {
        if (parsed.hasMatchedOption("--config")) {
            loader.file(start.files.apply(parsed.matchedOptionValue("--config", Path.of(""))));
        }
        parsed.matchedOptions().stream().filter(option -> !option.longestName().equals("--config")).forEach(option -> {
            if (!keys.containsKey(option.longestName())) {
                throw new IllegalStateException("teach this test which key " + option.longestName() + " sets");
            }
            loader.set(keys.get(option.longestName()), option.stringValues().getLast(), option.longestName());
        });
        return loader;
    }
}
