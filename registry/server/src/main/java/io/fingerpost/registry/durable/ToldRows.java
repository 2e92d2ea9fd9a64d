package io.fingerpost.registry.durable;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Change.Row;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.MemoryStore.HeldBy;
import io.fingerpost.registry.store.PartialHolder;
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Tells who holds what, as changes: those who hold all of a representation by their numbers, the others one by one. */
final class ToldRows {
    /** Holders that are told at a time, more or less: 4 KiB to 16 KiB, and one row has no more either. */
    private static final int MOST = 1 << 10;

    private final Map<Peer, Integer> numbers;
    private final Kept.Writer to;
    private final List<Row> rows = new ArrayList<>();
    private int told;

    /** @param numbers of peers that were told; what others hold is not */
    ToldRows(Map<Peer, Integer> numbers, Kept.Writer to) {
        this.numbers = numbers;
        this.to = to;
    }

    void tell(Iterator<List<HeldBy>> all) throws IOException {
        while (all.hasNext()) {
            for (HeldBy each : all.next()) {
                tell(each);
            }
        }
        tellRows();
    }

    private void tell(HeldBy each) throws IOException {
        var complete = IntStream.builder();
        for (Holder holder : each.holders()) {
            Integer number = numbers.get(holder.peer());
            if (number == null) {
                continue; // it came meanwhile, and the journal has it
            }
            if (holder instanceof PartialHolder part) {
                tellPart(each.digest(), part);
            } else {
                complete.add(number);
            }
        }
        tellRow(each.digest(), complete.build().toArray());
    }

    private void tellPart(Sha256 digest, PartialHolder part) throws IOException {
        var held = List.of(new Held(digest, part.pieces()));
        to.put(new Change.Told(part.peer().id(), new HoldingsUpdate(held, List.of())));
    }

    private void tellRow(Sha256 digest, int[] complete) throws IOException {
        for (int from = 0; from < complete.length; from += MOST) {
            int end = Math.min(complete.length, from + MOST);
            rows.add(new Row(digest, Arrays.copyOfRange(complete, from, end)));
            told += end - from;
            if (told >= MOST) {
                tellRows();
            }
        }
    }

    private void tellRows() throws IOException {
        if (!rows.isEmpty()) {
            to.put(new Change.Rows(rows));
            rows.clear();
            told = 0;
        }
    }
}
