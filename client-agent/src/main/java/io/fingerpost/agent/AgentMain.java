package io.fingerpost.agent;

import io.fingerpost.agent.cli.GcCommand;
import io.fingerpost.agent.cli.GetCommand;
import io.fingerpost.agent.cli.ResourceUrl;
import io.fingerpost.agent.cli.RunCommand;
import io.fingerpost.agent.cli.ShareCommand;
import io.fingerpost.agent.cli.StatusCommand;
import io.fingerpost.agent.cli.VerifyCommand;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.config.ConfigException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** The command `fingerpost-agent`. */
@Command(name = "fingerpost-agent", mixinStandardHelpOptions = true, version = "fingerpost-agent 0.1.0",
        description = "Fetches files through a Fingerpost broker, and serves them to the next client.")
public final class AgentMain {
    private static final List<Supplier<Callable<Integer>>> COMMANDS = List.of(RunCommand::new, GetCommand::new,
            StatusCommand::new, ShareCommand::new, VerifyCommand::new, GcCommand::new);

    private AgentMain() {}

    /** Exits with the command's code; an agent that runs exits by a signal. */
    public static void main(String[] arguments) {
        System.setProperty("org.jboss.logging.provider", "slf4j"); // Undertow finds Logback alone by itself
        System.exit(commandLine(arguments)
                .registerConverter(ResourceUrl.class, AgentMain::url)
                .registerConverter(ByteSize.class, AgentMain::size)
                .setParameterExceptionHandler((e, _) -> fail(e, CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler((e, _, _) -> fail(e, e instanceof ConfigException
                        ? CommandLine.ExitCode.USAGE
                        : CommandLine.ExitCode.SOFTWARE))
                .execute(arguments));
    }

    /** To look into all commands takes a sixth of a start: only the one that is called is, unless that is none of them. */
    public static CommandLine commandLine(String... arguments) {
        var line = new CommandLine(new AgentMain());
        var commands = COMMANDS.stream().map(Supplier::get).toList();
        var called = commands.stream().filter(command -> arguments.length > 0 && name(command).equals(arguments[0]))
                .findFirst();
        called.map(List::of).orElse(commands).forEach(command -> line.addSubcommand(name(command), command));
        return line;
    }

    private static String name(Callable<Integer> command) {
        return command.getClass().getAnnotation(Command.class).name();
    }

    private static ResourceUrl url(String text) {
        try {
            return ResourceUrl.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "': http://HOST[:PORT]/PATH is wanted");
        }
    }

    private static ByteSize size(String text) {
        try {
            return ByteSize.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "': " + e.getMessage());
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
