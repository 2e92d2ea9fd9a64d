package io.fingerpost.broker;

import io.fingerpost.contract.config.ConfigException;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** What the commands have in common: how they fail, reload and end. */
final class Commands {
    private Commands() {}

    /** Runs a command; its exit code. What goes wrong is told in one line. */
    static int run(Callable<Integer> command, String[] arguments) {
        var line = new CommandLine(command);
        String name = line.getCommandName();
        return line.setParameterExceptionHandler((e, _) -> fail(name, e, CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler((e, _, _) -> fail(name, e, e instanceof ConfigException
                        ? CommandLine.ExitCode.USAGE
                        : CommandLine.ExitCode.SOFTWARE))
                .execute(arguments);
    }

    private static int fail(String name, Exception e, int exitCode) {
        String what = e.getMessage();
        System.err.println(name + ": " + String.valueOf(what).lines().findFirst().orElse("failed"));
        return exitCode;
    }

    /** What is wrong with a configuration was logged by then. */
    static void attempt(Runnable reload) {
        try {
            reload.run();
        } catch (ConfigException e) {
            return;
        }
    }

    /** Ends it in order when a signal comes, which is no failure. */
    static void closeAtExit(AutoCloseable process) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                process.close();
            } catch (Exception e) {
                System.getLogger("fingerpost").log(System.Logger.Level.ERROR, "did not end in order", e);
            }
            Runtime.getRuntime().halt(0);
        }, "shutdown"));
    }
}
