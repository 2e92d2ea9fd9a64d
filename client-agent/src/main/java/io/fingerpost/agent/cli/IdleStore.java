package io.fingerpost.agent.cli;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.contract.config.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** The store of a data directory in which no agent runs, for as long as a command works on it. */
record IdleStore(DataDirectory data, BlobStore store) implements AutoCloseable {
    static IdleStore open(Path directory) throws IOException {
        if (!Files.isDirectory(directory.resolve("store"))) {
            throw new IOException("no agent has run in '" + directory + "'");
        }
        if (DataDirectory.isTaken(directory)) {
            throw new IOException("an agent runs in '" + directory + "'; stop it first");
        }
        var data = DataDirectory.open(directory);
        return new IdleStore(data, BlobStore.open(data.resolve("store"), Long.MAX_VALUE, InstantSource.system()));
    }

    @Override
    public void close() {
        store.close();
        data.close();
    }
}
