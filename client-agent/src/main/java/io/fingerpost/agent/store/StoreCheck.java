package io.fingerpost.agent.store;

import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What reading every complete file of a store again has shown; what was not what its name says is gone.
 *
 * @param sound how many were right
 * @param bytes how much they have
 * @param damaged what was removed
 */
public record StoreCheck(int sound, long bytes, List<Sha256> damaged) {
    /** Reads all of it: as long as the disk takes. */
    public static StoreCheck of(BlobStore store) {
        int sound = 0;
        long bytes = 0;
        var damaged = new ArrayList<Sha256>();
        for (Sha256 digest : store.complete()) {
            var blob = store.find(digest);
            if (blob.isPresent() && isRight(blob.get())) {
                sound++;
                bytes += blob.get().representation().size();
            } else {
                store.discard(digest);
                damaged.add(digest);
            }
        }
        return new StoreCheck(sound, bytes, List.copyOf(damaged));
    }

    /** What the disk cannot read any more is damaged too. */
    private static boolean isRight(Blob blob) {
        try {
            return Sha256.digestOf(blob.file()).equals(blob.representation().digest());
        } catch (IOException e) {
            return false;
        }
    }
}
