package io.fingerpost.deploy;

import io.fingerpost.deploy.demo.DemoCommand;
import io.fingerpost.deploy.origin.OriginCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands behind `deploy/demo` and `deploy/bin/fingerpost-origin`. */
@Command(name = "fingerpost-deploy", subcommands = {DemoCommand.class, OriginCommand.class})
public final class DeployMain {
    private DeployMain() {}

    /** Exits with the command's code. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new DeployMain())
                .setParameterExceptionHandler((e, _) -> fail(e, CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler((e, _, _) -> fail(e, CommandLine.ExitCode.SOFTWARE))
                .execute(arguments));
    }

    private static int fail(Exception e, int exitCode) {
        System.err.println("fingerpost: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        return exitCode;
    }
}
