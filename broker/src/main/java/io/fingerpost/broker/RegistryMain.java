package io.fingerpost.broker;

import io.fingerpost.contract.config.Settings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command `fingerpost-registry`. */
@Command(name = "fingerpost-registry", mixinStandardHelpOptions = true, version = "fingerpost-registry 0.1.0",
        sortOptions = false,
        description = "A registry by itself, which shares a Redis with brokers and with other registries. It reads the brokers' "
                + "configuration; these name it in registry.urls.",
        footer = {
                "", "When ready, prints one line: ready registry=http://HOST:PORT admin=http://HOST:PORT",
                "SIGHUP reads sharing.*, locality.* and enrolment.* again; if anything is bad, all stays as it was.",
                "SIGTERM lets the requests under way end and exits with 0; a bad option exits with 2."})
public final class RegistryMain implements Callable<Integer> {
    private static final String DEFAULTS = "broker-defaults.yaml";
    private final Settings settings = new Settings();
    private String listen = "0.0.0.0:8070";
    private String admin = "127.0.0.1:9070";
    private String data = "~/.fingerpost/registry";

    @Option(names = "--store", order = 1, paramLabel = "URL",
            description = "The Redis that is shared, as redis://HOST:PORT (required, here or as registry.store)")
    void store(String value) {
        settings.set("registry.store", value, "--store");
    }

    @Option(names = "--origin", order = 2, paramLabel = "URL",
            description = "The brokers' origin (required, here or as origin.url): what is known is known of it")
    void origin(String value) {
        settings.set("origin.url", value, "--origin");
    }

    @Option(names = "--listen", order = 3, paramLabel = "HOST:PORT",
            description = "Where agents come in; port 0 is chosen (default: ${DEFAULT-VALUE})",
            defaultValue = "0.0.0.0:8070")
    void listen(String value) {
        listen = value;
    }

    @Option(names = "--admin", order = 4, paramLabel = "HOST:PORT",
            description = "Health and metrics (default: ${DEFAULT-VALUE})", defaultValue = "127.0.0.1:9070")
    void admin(String value) {
        admin = value;
    }

    @Option(names = "--data", order = 5, paramLabel = "DIR",
            description = "The data directory (default: ${DEFAULT-VALUE})", defaultValue = "~/.fingerpost/registry")
    void data(String value) {
        data = value;
    }

    @Option(names = "--allow-peers", order = 6, paramLabel = "CIDR[,CIDR]",
            description = "Networks whose loopback or private addresses peers may have (default: none)")
    void allowPeers(String value) {
        settings.set("registry.allow-peers", value, "--allow-peers");
    }

    @Option(names = "--config", order = 7, paramLabel = "FILE",
            description = "The brokers' YAML file; its addresses and its data directory do not count here (default: none)")
    void config(Path value) {
        settings.file(value);
    }

    @Option(names = "--set", order = 8, paramLabel = "key=value",
            description = "Any single key, for example lease.ttl=30s (default: none)")
    void set(Map<String, String> values) {
        settings.set(values);
    }

    /** Exits with the command's code; a registry that runs exits by a signal. */
    public static void main(String[] arguments) {
        System.exit(Commands.run(new RegistryMain(), arguments));
    }

    @Override
    public Integer call() throws InterruptedException {
        settings.set("edge.listen", listen, "--listen");
        settings.set("admin.listen", admin, "--admin");
        settings.set("data", data, "--data");
        var registry = new RegistryProcess(() -> settings.load(BrokerConfig.class, DEFAULTS), InstantSource.system());
        registry.start();
        HangUp.run(() -> Commands.attempt(registry::reload));
        Commands.closeAtExit(registry);
        System.out.println("ready" + registry.listeners().plainAddress().map(at -> " registry=http://" + at).orElse("")
                + registry.listeners().tlsAddress().map(at -> " registry-tls=https://" + at).orElse("")
                + " admin=http://" + registry.adminAddress());
        new CountDownLatch(1).await();
        return 0;
    }
}
