package io.fingerpost.agent.fetch;

import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Puts files that are there already into the store, as what the broker's site has under their names. What the broker does not know
 * yet is fetched once, by which it learns it.
 */
public final class FolderShare {
    private final RegistryClient registry;
    private final Fetcher fetcher;
    private final BlobStore store;

    public FolderShare(RegistryClient registry, Fetcher fetcher, BlobStore store) {
        this.registry = registry;
        this.fetcher = fetcher;
        this.store = store;
    }

    /** What became of a file. */
    public enum Outcome {
        /** Its bytes are in the store. */
        SHARED,
        /** The broker has got to know it: the bytes that came are the file's. */
        FETCHED,
        /** The site has other bytes under this name. */
        DIFFERENT,
        /** It is not there, or the site does not let it be shared. */
        REFUSED
    }

    /**
     * @param file on this machine
     * @param resource path on the broker's site
     */
    public Outcome share(Path file, String resource) throws IOException {
        var digest = Sha256.digestOf(file);
        if (store.contains(digest)) {
            return Outcome.SHARED;
        }
        var known = known(digest, resource);
        return known.isPresent() ? copy(file, known.get()) : fetch(resource, digest);
    }

    private Optional<Representation> known(Sha256 digest, String resource) throws IOException {
        try {
            return Optional.of(registry.representation(digest, resource));
        } catch (RegistryRefused e) {
            return Optional.empty();
        }
    }

    /** The file may be changing while it is read: every piece is verified. */
    private Outcome copy(Path file, Representation representation) throws IOException {
        var layout = representation.layout();
        try (var partial = store.partial(representation); var channel = FileChannel.open(file)) {
            for (int piece = 0; piece < layout.count(); piece++) {
                var bytes = ByteBuffer.allocate(layout.length(piece));
                while (bytes.hasRemaining() && channel.read(bytes, layout.offset(piece) + bytes.position()) >= 0) {
                    // until the piece is read
                }
                partial.write(bytes.flip(), layout.offset(piece));
                if (!partial.verify(piece)) {
                    return Outcome.DIFFERENT;
                }
            }
            partial.commit();
            return Outcome.SHARED;
        }
    }

    private Outcome fetch(String resource, Sha256 digest) throws IOException {
        switch (fetcher.fetch(resource, Map.of())) {
            case Held _ -> {
                // what is there is looked at below
            }
            case Running running -> fetcher.copy(resource, running, OutputStream.nullOutputStream());
            case Passed(var answer) -> {
                answer.body().close();
                return Outcome.REFUSED;
            }
        }
        return store.contains(digest) ? Outcome.FETCHED : Outcome.DIFFERENT;
    }

    /** The regular files below a folder, in order; hidden ones and links are left out. */
    public static Iterable<Path> files(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> !folder.relativize(file).toString().matches("(.*/)?\\..*")).sorted().toList();
        }
    }
}
