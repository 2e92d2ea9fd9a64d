package io.fingerpost.agent.cli;

import io.fingerpost.agent.LightHttpClient;
import io.fingerpost.agent.RunningAgent;
import io.fingerpost.agent.fetch.Progress;
import io.fingerpost.agent.gateway.AgentStatus;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `fingerpost-agent status`: how the agent that runs on this machine is. */
@Command(name = "status", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Tells how the agent that runs in a data directory is; exit 1 if none does.")
public final class StatusCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Option(names = "--json", order = 1, description = "As JSON, for scripts")
    private boolean json;

    @Option(names = "--data", order = 2, paramLabel = "DIR", defaultValue = "~/.fingerpost/agent",
            description = "The agent's data directory (default: ${DEFAULT-VALUE})")
    private String data = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = DataOption.path(data);
        var running = RunningAgent.read(directory)
                .orElseThrow(() -> new IOException("no agent has run in '" + directory + "'"));
        String body = ask(running, directory);
        System.out.println(json ? body : describe(WireJson.lenient().readValue(body, AgentStatus.class)));
        return 0;
    }

    private static String ask(RunningAgent running, Path directory) throws IOException, InterruptedException {
        try (var http = LightHttpClient.connectingWithin(TIMEOUT)) {
            var request = HttpRequest.newBuilder(URI.create(running.gateway() + AgentStatus.PATH)).timeout(TIMEOUT)
                    .build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new IOException("no agent runs in '" + directory + "' (nothing answers at " + running.gateway() + ")",
                    e);
        }
    }

    private static String describe(AgentStatus status) {
        return """
                broker      %s
                peer        %s  %s
                gateway     %s
                registered  %s
                reachable   %s
                holds       %d files, %s of %s
                served      %s since the start, %s
                uploads     %d%s%s""".formatted(status.broker(), String.join(", ", status.endpoints()), status.peerId(),
                status.gateway(), status.trouble().map(why -> "no: " + why).orElse("yes"), reachable(status),
                status.holdings(),
                Bytes.text(status.storedBytes()), Bytes.text(status.maxBytes()), Bytes.text(status.servedBytes()),
                thisMonth(status), status.uploads(),
                status.paused().map(why -> ", paused: " + why).orElse(""), downloads(status));
    }

    private static String downloads(AgentStatus status) {
        return status.downloads().stream().map(StatusCommand::download).collect(Collectors.joining());
    }

    private static String download(Progress now) {
        long percent = now.size() < 1 ? 0 : 100 * now.done() / now.size();
        long rate = 1000 * (now.fromPeers() + now.fromOrigin()) / Math.max(1, now.millis());
        return "%nfetches     %s  %d %% of %s, %s/s, %d %% from %d peers".formatted(now.resource(), percent,
                Bytes.text(now.size()), Bytes.text(rate), now.peerShare(), now.peers());
    }

    private static String reachable(AgentStatus status) {
        var reachability = status.reachability();
        return !status.registered()
                ? "not known"
                : reachability.tried().isEmpty()
                        ? "yes"
                        : (reachability.reachable() ? "yes, but not everywhere: " : "no: ") + reachability.tried()
                                + "; " + reachability.advice();
    }

    private static String thisMonth(AgentStatus status) {
        String served = Bytes.text(status.servedThisMonth());
        if (status.monthlyQuota() == 0) {
            return served + " this month";
        }
        boolean usedUp = status.servedThisMonth() >= status.monthlyQuota();
        return served + " of " + Bytes.text(status.monthlyQuota()) + " this month"
                + (usedUp ? ": used up, nobody is served until it ends" : "");
    }
}
