package io.fingerpost.agent;

import io.fingerpost.agent.cli.GcCommand;
import io.fingerpost.agent.cli.GetCommand;
import io.fingerpost.agent.cli.ResourceUrl;
import io.fingerpost.agent.cli.RunCommand;
import io.fingerpost.agent.cli.ShareCommand;
import io.fingerpost.agent.cli.StatusCommand;
import io.fingerpost.agent.cli.VerifyCommand;
import io.fingerpost.contract.config.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** The command `fingerpost-agent`. */
@Command(name = "fingerpost-agent", mixinStandardHelpOptions = true, version = "fingerpost-agent 0.1.0",
        description = "Fetches files through a Fingerpost broker, and serves them to the next client.", subcommands = {
                RunCommand.class, GetCommand.class, StatusCommand.class, ShareCommand.class, VerifyCommand.class,
                GcCommand.class})
public final class AgentMain {
    private AgentMain() {}

    /** Exits with the command's code; an agent that runs exits by a signal. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new AgentMain())
                .registerConverter(ResourceUrl.class, AgentMain::url)
                .setParameterExceptionHandler((e, _) -> fail(e, CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler((e, _, _) -> fail(e, e instanceof ConfigException
                        ? CommandLine.ExitCode.USAGE
                        : CommandLine.ExitCode.SOFTWARE))
                .execute(arguments));
    }

    private static ResourceUrl url(String text) {
        try {
            return ResourceUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "': http://HOST[:PORT]/PATH is wanted");
        }
    }

    private static int fail(Exception e, int exitCode) {
        String what = e.getMessage();
        System.err
                .println("fingerpost-agent: " + (what == null ? e.getClass().getSimpleName() : what).lines().findFirst()
                        .orElse("failed"));
        return exitCode;
    }
}
