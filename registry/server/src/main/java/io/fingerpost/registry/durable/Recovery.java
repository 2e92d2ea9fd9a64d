package io.fingerpost.registry.durable;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/**
 * Reads what is kept, after a restart. What is damaged is passed over, and whatever a lost change may have been about is forgotten: a
 * peer or a resource too few is found again soon, one that is not so any more would lead clients astray.
 */
final class Recovery {
    private final StoreFolder folder;
    private final Kept kept;
    private final BiFunction<PeerId, Admission, Peer> peers;
    private final Set<Path> damaged = new LinkedHashSet<>();
    private long lost;
    private int forgotten;
    private long snapshotBytes;
    private boolean ended;

    /**
     * What was found.
     *
     * @param latest the last generation that there are files of; 0 if there are none
     * @param journals how many journals were read
     * @param snapshotBytes of the snapshot; 0 if there is none
     * @param lostChanges how many changes could not be read, as far as that is known
     * @param forgotten how many peers and resources were forgotten for it
     * @param damaged files that have damage
     */
    record Found(long latest, int journals, long snapshotBytes, long lostChanges, int forgotten, Set<Path> damaged) {
        Found {
            damaged = Set.copyOf(damaged);
        }
    }

    Recovery(StoreFolder folder, Kept kept, BiFunction<PeerId, Admission, Peer> peers) {
        this.folder = folder;
        this.kept = kept;
        this.peers = peers;
    }

    /** @throws ConfigException if another version of this program has written what is there */
    Found run() throws IOException {
        TreeSet<Long> generations = folder.generations();
        if (generations.isEmpty()) {
            return new Found(0, 0, 0, 0, 0, Set.of());
        }
        long last = generations.last();
        long first = generations.first();
        for (long generation : generations) {
            first = Files.exists(folder.snapshot(generation)) ? generation : first;
        }
        if (Files.exists(folder.snapshot(first))) {
            readSnapshot(folder.snapshot(first));
        } else if (first > 1) {
            damaged.add(folder.snapshot(first)); // it is gone
            lost++;
        }
        for (long generation = first; generation <= last; generation++) {
            readJournal(generation);
        }
        return new Found(last, (int) (last - first + 1), snapshotBytes, lost, forgotten, damaged);
    }

    /** A snapshot only adds, so that what is lost of it is missing, and no more. */
    private void readSnapshot(Path file) throws IOException {
        try (var reader = new LogReader(file)) {
            snapshotBytes = reader.size();
            read(reader, (from, to) -> lose(file, to - from));
        }
        if (!ended) {
            lose(file, 1); // at least, for its end is missing
        }
    }

    /** What becomes of changes that are lost. */
    private interface Loss {
        void of(int from, int to);
    }

    /** Makes all changes of a file; how many there are, with those that are lost. */
    private int read(LogReader reader, Loss loss) throws IOException {
        var count = new AtomicInteger();
        ReadAhead.run(steps -> count.set(reader.read(new LogReader.Visitor() {
            @Override
            public void frame(int number, ByteBuffer body) {
                try {
                    Change change = Codec.decode(body);
                    steps.accept(() -> apply(number, change, loss));
                } catch (RuntimeException e) {
                    lost(number, number + 1); // whatever it is, it is no change
                }
            }

            @Override
            public void lost(int from, int to) {
                steps.accept(() -> loss.of(from, to));
            }
        })));
        return count.get();
    }

    private void apply(int number, Change change, Loss loss) {
        try {
            kept.apply(change, peers);
            ended |= change instanceof Change.Ended;
        } catch (RuntimeException e) {
            loss.of(number, number + 1); // whatever it is, it cannot be made
        }
    }

    private void lose(Path file, int changes) {
        damaged.add(file);
        lost += changes;
    }

    private void readJournal(long generation) throws IOException {
        Path file = folder.journal(generation);
        SubjectLog.Content subjects = SubjectLog.Content.of(folder.subjects(generation));
        if (subjects.isDamaged()) {
            damaged.add(folder.subjects(generation));
        }
        if (!Files.exists(file)) {
            if (subjects.header().isEmpty() || subjects.count() > 0) { // else the process ended when it began the journal
                loseAll(file, subjects);
            }
            return;
        }
        try (var reader = new LogReader(file)) {
            if (!reader.isReadable()) {
                loseAll(file, subjects);
                return;
            }
            int read = read(reader, (from, to) -> loseChanges(file, subjects, from, to));
            if (read < subjects.count()) {
                loseChanges(file, subjects, read, subjects.count());
            }
        }
    }

    private void loseAll(Path file, SubjectLog.Content subjects) {
        if (subjects.header().isPresent()) {
            loseChanges(file, subjects, 0, subjects.count());
        } else {
            lose(file, 1); // at least
            forgotten += kept.forgetAll();
        }
    }

    private void loseChanges(Path file, SubjectLog.Content subjects, int from, int to) {
        lose(file, to - from);
        var about = new HashSet<Long>();
        for (int number = from; number < to; number++) {
            OptionalLong subject = subjects.at(number);
            if (subject.isEmpty()) {
                forgotten += kept.forgetAll();
                return;
            }
            about.add(subject.getAsLong());
        }
        forgotten += kept.forget(about);
    }
}
