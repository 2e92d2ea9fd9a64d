package io.fingerpost.registry.durable;

import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import java.io.IOException;
import java.nio.file.Path;

/** The journal of one generation, and beside it what each of its changes is about. */
final class JournalFile implements AutoCloseable {
    private final LogWriter changes;
    private final SubjectLog subjects;

    /** A change as it is written. */
    static final class Entry {
        private final long subject;
        private final byte[] body;

        private Entry(long subject, byte[] body) {
            this.subject = subject;
            this.body = body;
        }

        static Entry of(Change change) {
            return new Entry(change.subject(), Codec.encode(change));
        }
    }

    private JournalFile(LogWriter changes, SubjectLog subjects) {
        this.changes = changes;
        this.subjects = subjects;
    }

    /** Begins a journal. Its files are there with their headers, or not at all, whenever the process ends. */
    static JournalFile create(StoreFolder folder, long generation) throws IOException {
        Path subjectsFile = folder.subjects(generation);
        Path file = folder.journal(generation);
        var subjects = new SubjectLog(folder.unfinished(subjectsFile));
        try {
            var changes = new LogWriter(folder.unfinished(file));
            folder.finish(subjectsFile); // first: without it, a journal is damaged
            folder.finish(file);
            return new JournalFile(changes, subjects);
        } catch (IOException e) {
            subjects.close();
            throw e;
        }
    }

    /** Takes a change, which is kept after the next {@link #flush}. */
    void put(Entry entry) throws IOException {
        changes.put(entry.body);
        subjects.put(entry.subject);
    }

    void flush() throws IOException {
        changes.flush();
        subjects.flush();
    }

    /** Waits until the disk has everything. */
    void force() throws IOException {
        changes.force();
        subjects.force();
    }

    long written() {
        return changes.written();
    }

    /** Closes the files as they are. */
    void abandon() throws IOException {
        changes.abandon();
        subjects.close();
    }

    @Override
    public void close() throws IOException {
        try (changes; subjects) {
            flush();
        }
    }
}
