package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network namespace of a test's own: loopback with private addresses, where a site's programs run. It ends with the site. */
final class OwnNetwork {
    static final boolean IS_ROOT = System.getProperty("user.name").equals("root");
    private static final String BROKER = "10.9.0.1";

    private final Site site;
    private final String pid;

    private OwnNetwork(Site site, String pid) {
        this.site = site;
        this.pid = pid;
    }

    static OwnNetwork of(Site site) throws IOException {
        var holder = site.started(Program.start("network",
                List.of("unshare", IS_ROOT ? "-n" : "-Urn", "sh", "-c", "ip link set lo up && ip address add " + BROKER
                        + "/32 dev lo && echo ready pid=$$ && exec sleep 300"),
                Map.of(), site.launcher().path("network.log")));
        return new OwnNetwork(site, holder.ready("pid"));
    }

    /** From now on, the way to the broker begins at this address. */
    void address(String address) throws IOException, InterruptedException {
        run("ip", "address", "add", address + "/32", "dev", "lo");
        run("ip", "route", "replace", "local", BROKER, "dev", "lo", "src", address, "table", "local");
    }

    /** An origin for the site's folder, and a broker in front of it. */
    Program broker() throws IOException {
        var origin = start("origin", "fingerpost-origin", site.folder().toString(), "--listen", "127.0.0.1:0");
        return start("broker", "fingerpost-broker", "--origin", origin.ready("origin"), "--listen", BROKER + ":0",
                "--admin", "127.0.0.1:0", "--allow-peers", "10.9.0.0/24", "--super-node-token", "vouched", "--set",
                "lease.heartbeat=500ms", "--set", "lease.ttl=3s", "--data", site.launcher().path("broker").toString());
    }

    /** An agent that listens everywhere. */
    Program agent(String... options) throws IOException {
        var arguments = new ArrayList<>(List.of("run", "--listen", "0.0.0.0:0", "--gateway", "127.0.0.1:0", "--token",
                "vouched", "--data", site.launcher().path("agent").toString()));
        arguments.addAll(List.of(options));
        return start("agent", "fingerpost-agent", arguments.toArray(String[]::new));
    }

    private Program start(String name, String program, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(site.launcher().script(program).toString()));
        command.addAll(List.of(arguments));
        return site.started(Program.start(name, inside(command), Map.of(), site.launcher().path(name + ".log")));
    }

    /** Runs curl, silent but for errors, which has to succeed; what it printed. */
    String curl(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Runs a command, which has to succeed; what it printed. */
    String run(String... command) throws IOException, InterruptedException {
        var ran = site.run(inside(List.of(command)).toArray(String[]::new));
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran.out();
    }

    /** Who is not root is the root of a user namespace of its own there. */
    private List<String> inside(List<String> command) {
        var all = new ArrayList<>(List.of("nsenter", "-t", pid, "-n"));
        all.addAll(IS_ROOT ? List.of() : List.of("-U", "--preserve-credentials"));
        all.addAll(command);
        return all;
    }
}
