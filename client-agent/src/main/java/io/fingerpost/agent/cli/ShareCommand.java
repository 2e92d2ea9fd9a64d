package io.fingerpost.agent.cli;

import io.fingerpost.agent.fetch.FolderShare;
import io.fingerpost.agent.fetch.FolderShare.Outcome;
import io.fingerpost.contract.config.ConfigException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** `fingerpost-agent share`: seeds the files of a folder. */
@Command(name = "share", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Runs an agent that has the files of a folder: DIR/maps/a.pak is what the broker's site has as /maps/a.pak.",
        footer = {
                "",
                "Tells of each file: shared, fetched (the broker did not know it yet), different (the site has other bytes)",
                "refused (not there, or not for sharing) or failed; then prints one line: sharing N files of DIR, and goes on until SIGTERM."})
public final class ShareCommand extends AgentCommand {
    @Parameters(paramLabel = "DIR", description = "The folder; its files are copied into the store")
    private @Nullable Path folder;

    @Option(names = "--prefix", order = 9, paramLabel = "PATH", defaultValue = "",
            description = "What the site has before the files' names, for example /downloads (default: nothing)")
    private String prefix = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path wanted = Objects.requireNonNull(folder); // picocli insists on it
        if (!Files.isDirectory(wanted)) {
            throw new ConfigException("there is no directory '" + wanted + "'");
        }
        if (!prefix.isEmpty() && !prefix.startsWith("/")) {
            throw new ConfigException("--prefix must begin with a slash, was '" + prefix + "'");
        }
        var registered = new CountDownLatch(1);
        var agent = start(_ -> registered.countDown());
        registered.await();
        share(wanted, agent.folderShare());
        awaitSignal();
        return 0;
    }

    private void share(Path wanted, FolderShare share) throws IOException {
        int shared = 0;
        for (Path file : FolderShare.files(wanted)) {
            String resource = resource(wanted.relativize(file));
            shared += share(share, file, resource) ? 1 : 0;
        }
        System.out.println("sharing " + shared + " files of " + wanted);
    }

    /** One file that cannot be read, or does not fit, leaves the others alone. */
    private static boolean share(FolderShare share, Path file, String resource) {
        try {
            Outcome outcome = share.share(file, resource);
            System.out.println(outcome.name().toLowerCase(Locale.ROOT) + " " + resource);
            return outcome == Outcome.SHARED || outcome == Outcome.FETCHED;
        } catch (IOException e) {
            System.out.println("failed " + resource + ": " + e.getMessage());
            return false;
        }
    }

    private String resource(Path file) throws IOException {
        try {
            return prefix.replaceFirst("/$", "") + new URI(null, null, "/" + file, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IOException("'" + file + "' is no name for a URL", e);
        }
    }
}
