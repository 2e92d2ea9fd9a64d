package io.fingerpost.broker;

import io.fingerpost.contract.config.BadKey;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.Settings;
import io.fingerpost.registry.enrolment.EnrolmentConfig.Token;
import io.fingerpost.registry.enrolment.TokenHash;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command `fingerpost-broker`. */
@Command(name = "fingerpost-broker", mixinStandardHelpOptions = true, version = "fingerpost-broker 0.1.0",
        sortOptions = false,
        description = "Stands in front of an origin and redirects requests for static files to live peers.", footer = {
                "", "When ready, prints one line: ready edge=http://HOST:PORT admin=http://HOST:PORT",
                "SIGHUP reads sharing.*, locality.* and enrolment.* again; if anything is bad, all stays as it was.",
                "SIGTERM lets the requests under way end and exits with 0; a bad option exits with 2."})
public final class BrokerMain implements Callable<Integer> {
    private static final String DEFAULTS = "broker-defaults.yaml";
    private final Settings settings = new Settings();

    @Option(names = "--origin", order = 1, paramLabel = "URL",
            description = "Where the bytes come from (required, here or as origin.url)")
    void origin(String value) {
        settings.set("origin.url", value, "--origin");
    }

    @Option(names = "--listen", order = 2, paramLabel = "HOST:PORT",
            description = "Where clients come in; port 0 is chosen (default: 0.0.0.0:8080)")
    void listen(String value) {
        settings.set("edge.listen", value, "--listen");
    }

    @Option(names = "--admin", order = 3, paramLabel = "HOST:PORT",
            description = "Health and metrics (default: 127.0.0.1:9090)")
    void admin(String value) {
        settings.set("admin.listen", value, "--admin");
    }

    @Option(names = "--data", order = 4, paramLabel = "DIR",
            description = "The data directory (default: ~/.fingerpost/broker)")
    void data(String value) {
        settings.set("data", value, "--data");
    }

    @Option(names = "--allow-peers", order = 5, paramLabel = "CIDR[,CIDR]",
            description = "Networks whose loopback or private addresses peers may have (default: none)")
    void allowPeers(String value) {
        settings.set("registry.allow-peers", value, "--allow-peers");
    }

    @Option(names = "--audience", order = 6, paramLabel = "verifying|any",
            description = "Who is sent to any peer: clients that verify, or all (default: verifying)")
    void audience(String value) {
        settings.set("sharing.audience", value, "--audience");
    }

    @Option(names = "--super-node-token", order = 7, paramLabel = "TOKEN",
            description = "Agents with this token become super-nodes (default: none)")
    void superNodeToken(String value) {
        settings.set("registry.super-node-token", value, "--super-node-token");
    }

    @Option(names = "--config", order = 8, paramLabel = "FILE",
            description = "A YAML file with any keys of the configuration (default: none)")
    void config(Path value) {
        settings.file(value);
    }

    @Option(names = "--set", order = 9, paramLabel = "key=value",
            description = "Any single key, for example lease.ttl=30s (default: none)")
    void set(Map<String, String> values) {
        settings.set(values);
    }

    /** Exits with the command's code; a broker that runs exits by a signal. */
    public static void main(String[] arguments) {
        System.exit(Commands.run(new BrokerMain(), arguments));
    }

    /** Makes a token, so that nobody has to think one up. */
    @Command(name = "token", mixinStandardHelpOptions = true,
            description = "Makes a token for agents: the agent gets the token, enrolment.tokens its hash.")
    int token(@Parameters(paramLabel = "ACCOUNT", description = "Whose it is to be") String account) {
        String token = TokenHash.newToken();
        try {
            new Token(account, TokenHash.of(token), false, 0);
        } catch (BadKey e) {
            throw new ConfigException("bad value '" + account + "' for ACCOUNT: " + e.getMessage());
        }
        System.out.printf("token: %s%n%nenrolment:%n  tokens:%n    - account: %s%n      hash: %s%n", token, account,
                TokenHash.of(token));
        return 0;
    }

    @Override
    public Integer call() throws InterruptedException {
        var broker = new Broker(() -> settings.load(BrokerConfig.class, DEFAULTS), InstantSource.system());
        broker.start();
        HangUp.run(() -> Commands.attempt(broker::reload));
        Commands.closeAtExit(broker);
        System.out.println("ready" + broker.edge().plainAddress().map(at -> " edge=http://" + at).orElse("")
                + broker.edge().tlsAddress().map(at -> " edge-tls=https://" + at).orElse("")
                + " admin=http://" + broker.adminAddress());
        new CountDownLatch(1).await();
        return 0;
    }
}
