package io.fingerpost.agent.cli;

import io.fingerpost.agent.Agent;
import io.fingerpost.agent.AgentConfig;
import io.fingerpost.contract.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import picocli.CommandLine.Option;

/** A command that runs an agent until it is told to stop. */
abstract class AgentCommand implements Callable<Integer> {
    private static final String DEFAULTS = "agent-defaults.yaml";

    private final Settings settings = new Settings();

    @Option(names = "--broker", order = 1, paramLabel = "URL",
            description = "The broker (required, here or in the file)")
    void broker(String value) {
        settings.set("broker", value, "--broker");
    }

    @Option(names = "--listen", order = 2, paramLabel = "HOST:PORT",
            description = "Where other clients come in; port 0 is chosen (default: 0.0.0.0:7400)")
    void listen(String value) {
        settings.set("listen", value, "--listen");
    }

    @Option(names = "--advertise", order = 3, paramLabel = "URL[,URL]",
            description = "The URLs under which others reach it, such as one for IPv4 and one for IPv6 (default: the listening address)")
    void advertise(String value) {
        settings.set("advertise", value, "--advertise");
    }

    @Option(names = "--gateway", order = 4, paramLabel = "HOST:PORT",
            description = "Where programs on this machine fetch (default: 127.0.0.1:7401)")
    void gateway(String value) {
        settings.set("gateway", value, "--gateway");
    }

    @Option(names = "--data", order = 5, paramLabel = "DIR",
            description = "The data directory (default: ~/.fingerpost/agent)")
    void data(String value) {
        settings.set("data", value, "--data");
    }

    @Option(names = "--token", order = 6, paramLabel = "TOKEN",
            description = "The operator's super-node token (default: none)")
    void token(String value) {
        settings.set("token", value, "--token");
    }

    @Option(names = "--config", order = 7, paramLabel = "FILE",
            description = "A YAML file with any keys of the configuration (default: none)")
    void config(Path value) {
        settings.file(value);
    }

    @Option(names = "--set", order = 8, paramLabel = "key=value",
            description = "Any single key, for example serve.slots=8 (default: none)")
    void set(Map<String, String> values) {
        settings.set(values);
    }

    /** Starts the agent, and says so when it is registered. */
    Agent start(Consumer<Agent> onFirstRegistered) throws IOException {
        var told = new AtomicBoolean();
        var agent = new Agent(settings.load(AgentConfig.class, DEFAULTS), InstantSource.system(), registered -> {
            if (told.compareAndSet(false, true)) {
                var status = registered.status();
                System.out.println("ready peer=" + String.join(",", status.endpoints()) + " gateway=" + status.gateway()
                        + " peer-id="
                        + status.peerId());
                onFirstRegistered.accept(registered);
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            SystemdNotice.stopping();
            agent.close();
            Runtime.getRuntime().halt(0); // a signal that was obeyed is no failure
        }, "shutdown"));
        SystemdNotice.ready();
        return agent;
    }

    static void awaitSignal() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
