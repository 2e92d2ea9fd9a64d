package io.fingerpost.agent.cli;

import java.io.IOException;
import picocli.CommandLine.Command;

/** `fingerpost-agent run`: fetches, stores and serves until it is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs the agent: a gateway for programs on this machine, and a peer for other clients.",
        footer = {
                "", "When registered, prints one line: ready peer=URL gateway=http://HOST:PORT peer-id=ID",
                "SIGTERM says goodbye to the broker and exits with 0; a bad option exits with 2."})
public final class RunCommand extends AgentCommand {
    @Override
    public Integer call() throws IOException, InterruptedException {
        start(_ -> {});
        awaitSignal();
        return 0;
    }
}
