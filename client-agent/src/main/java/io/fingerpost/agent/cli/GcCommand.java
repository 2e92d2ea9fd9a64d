package io.fingerpost.agent.cli;

import io.fingerpost.contract.config.ByteSize;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** `fingerpost-agent gc`: makes the store smaller. */
@Command(name = "gc", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Removes incomplete files from the store, and with --to what was used least lately; no agent may run in it.")
public final class GcCommand implements Callable<Integer> {
    @Option(names = "--to", order = 1, paramLabel = "SIZE",
            description = "What the store may take afterwards, for example 2GiB (default: as much as its complete files do)")
    private @Nullable ByteSize size;

    @Option(names = "--data", order = 2, paramLabel = "DIR", defaultValue = "~/.fingerpost/agent",
            description = "The data directory (default: ${DEFAULT-VALUE})")
    private String data = "";

    @Override
    public Integer call() throws IOException {
        long target = size == null ? Long.MAX_VALUE : size.bytes();
        try (var idle = IdleStore.open(DataOption.path(data))) {
            long freed = idle.store().collect(target);
            System.out.println("removed " + Bytes.text(freed) + "; " + idle.store().count() + " files, "
                    + Bytes.text(idle.store().usedBytes()) + " are left");
            return 0;
        }
    }
}
