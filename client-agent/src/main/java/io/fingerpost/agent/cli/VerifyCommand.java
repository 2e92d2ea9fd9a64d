package io.fingerpost.agent.cli;

import io.fingerpost.agent.store.StoreCheck;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `fingerpost-agent verify`: reads the store again. */
@Command(name = "verify", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Reads every complete file of the store again, and removes what is damaged; no agent may run in it.",
        footer = {"", "Exit 0 if all is as it should be, 1 if something was removed."})
public final class VerifyCommand implements Callable<Integer> {
    @Option(names = "--data", order = 1, paramLabel = "DIR", defaultValue = "~/.fingerpost/agent",
            description = "The data directory (default: ${DEFAULT-VALUE})")
    private String data = "";

    @Override
    public Integer call() throws IOException {
        try (var idle = IdleStore.open(DataOption.path(data))) {
            var check = StoreCheck.of(idle.store());
            check.damaged().forEach(digest -> System.out.println("damaged, removed: " + digest.hex()));
            System.out.println("verified " + check.sound() + " files, " + Bytes.text(check.bytes())
                    + (check.damaged().isEmpty() ? "" : "; removed " + check.damaged().size()));
            return check.damaged().isEmpty() ? 0 : 1;
        }
    }
}
