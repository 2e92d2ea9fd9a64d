package io.fingerpost.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fingerpost.contract.Sha256;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class DigestTableTest {
    private static final int DIGESTS = 1 << 18;

    private final Neighbours neighbours = new Neighbours();
    private final Holders gone = new Holders(new Sha256(0, 0, 0, 0), neighbours);
    private final SplittableRandom random = new SplittableRandom(1);

    private Sha256 byChance(int number) {
        return new Sha256(number, random.nextLong(), random.nextLong(), random.nextLong());
    }

    /** Which part of many digests want a cell of their own, in a table that is half full of them. */
    private double spread(IntFunction<Sha256> digests) {
        var table = new DigestTable(gone);
        var homes = new BitSet();
        for (int i = 0; i < DIGESTS; i++) {
            homes.set(table.home(digests.apply(i), 2 * DIGESTS));
        }
        return homes.cardinality() / (double) DIGESTS;
    }

    @Test
    void whatIsTakenOutIsGoneAndTheOthersAreStillFound() {
        var table = new DigestTable(gone);
        var all = new ArrayList<Holders>();
        for (int i = 0; i < 10_000; i++) {
            all.add(new Holders(byChance(i), neighbours));
            table.add(all.getLast());
        }
        List<Holders> half = all.subList(0, 5_000);
        half.forEach(table::remove);

        assertThat(half).allSatisfy(out -> assertThat(table.find(out.digest())).isNull());
        assertThat(all.subList(5_000, 10_000)).allSatisfy(in -> assertThat(table.find(in.digest())).isSameAs(in));
    }

    /** Digests that differ in their highest bits only met in few cells where the hash was a sum of products, whatever its factors. */
    @Test
    void madeUpDigestsDoNotMeetMoreOftenThanOthers() {
        double byLot = 2 * (1 - Math.exp(-0.5));
        List<IntFunction<Sha256>> madeUp = List.of(i -> new Sha256(i, 0, 0, 0),
                i -> new Sha256(0, 0, (long) i << 46, 0),
                i -> new Sha256(i & 511, 0, 0, i >> 9),
                i -> new Sha256((long) (i & 511) << 55, (long) (i >> 9) << 55, 0, 0),
                i -> new Sha256((long) (i & 31) << 59, (long) (i >> 5 & 31) << 59, (long) (i >> 10 & 15) << 60,
                        (long) (i >> 14) << 60));

        assertThat(spread(this::byChance)).isCloseTo(byLot, within(0.01));
        assertThat(madeUp).allSatisfy(digests -> assertThat(spread(digests)).isCloseTo(byLot, within(0.01)));
    }
}
