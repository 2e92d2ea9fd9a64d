package io.fingerpost.registry.store;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.Interleavings;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Readers of the table while one thread writes: linearizable, also while it is copied into a larger one. */
@Tag("lincheck")
class DigestTableConcurrencyTest {
    /** With those that come and go nearly as many as a new table takes, so that looks are long and it is soon copied. */
    private static final int STANDING = 42;

    @Param(name = "digest", gen = IntGen.class, conf = "0:3")
    public static class Digests {
        private final Neighbours neighbours = new Neighbours();
        private final DigestTable table = new DigestTable(holders(1_000));

        /** Those that come and go are there first: others stand behind them. */
        public Digests() {
            for (int i = 0; i < 4; i++) {
                table.add(holders(i));
            }
            for (int i = 0; i < STANDING; i++) {
                table.add(holders(100 + i));
            }
        }

        private Holders holders(int digest) {
            return new Holders(digest(digest), neighbours);
        }

        private static Sha256 digest(int number) {
            return new Sha256(number, number, number, number);
        }

        @Operation(nonParallelGroup = "writer")
        public boolean add(@Param(name = "digest") int digest) {
            boolean isNew = table.find(digest(digest)) == null;
            if (isNew) {
                table.add(holders(digest));
            }
            return isNew;
        }

        @Operation(nonParallelGroup = "writer")
        public boolean remove(@Param(name = "digest") int digest) {
            Holders known = table.find(digest(digest));
            if (known != null) {
                table.remove(known);
            }
            return known != null;
        }

        @Operation
        public String find(@Param(name = "digest") int digest) {
            Holders found = table.find(digest(digest));
            return found == null ? "nobody" : found.digest().equals(digest(digest)) ? "holders" : "another's";
        }

        @Operation
        public boolean findStanding(@Param(name = "digest") int digest) {
            return table.find(digest(100 + digest)) != null;
        }
    }

    /** Only on real threads: where a digest stands is a matter of chance. */
    @Test
    void readersMissNothing() {
        Interleavings.stress(Digests.class);
    }
}
