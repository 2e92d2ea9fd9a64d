package io.fingerpost.agent.store;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The incomplete blobs that were there when a store was opened, which it takes up one after the other: what of them is right is found out
 * by reading them. Ends early when its thread is interrupted.
 */
final class Leftovers implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final BlobStore store;
    private final StoreDirectory directory;
    private final List<Path> contents;

    Leftovers(BlobStore store, StoreDirectory directory, List<Path> contents) {
        this.store = store;
        this.directory = directory;
        this.contents = contents;
    }

    @Override
    public void run() {
        for (Path content : contents) {
            try {
                takeUp(content);
            } catch (NoSuchFileException e) {
                LOG.debug("an incomplete blob was completed before it was looked at", e);
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return; // closed
                }
                LOG.atWarn().addKeyValue("file", content).addKeyValue("why", e.getMessage())
                        .log("damaged incomplete blob removed");
                store.removeLeftover(content);
            }
        }
    }

    private void takeUp(Path content) throws IOException {
        Partial found;
        try (var file = SharedFile.open(content)) {
            found = new Partial(store, directory.read(content), file);
            found.check();
            if (!store.takeUp(found, content)) {
                return;
            }
        }
        if (store.isUnnamed(found.representation().digest())) {
            commit(found);
        }
    }

    /** What was killed between its last piece and its commit. */
    private void commit(Partial found) throws IOException {
        try (var partial = store.partial(found.representation())) {
            partial.commit();
        } catch (StoreFullException e) {
            LOG.debug("completed by the next transfer, when there is room", e);
        }
    }
}
