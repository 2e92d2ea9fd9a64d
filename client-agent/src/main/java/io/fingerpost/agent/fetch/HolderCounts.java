package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Rarity;
import io.fingerpost.contract.Sha256;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** How many held a digest when its plan was made, of the last plans. In memory: what a restart forgets counts as rare. */
public final class HolderCounts implements Rarity {
    private static final int MOST = 100_000;

    private final Map<Sha256, Integer> counts = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sha256, Integer> eldest) {
            return size() > MOST;
        }
    });

    void learn(Sha256 digest, int holders) {
        counts.put(digest, holders);
    }

    @Override
    public OptionalInt holders(Sha256 digest) {
        Integer count = counts.get(digest);
        return count == null ? OptionalInt.empty() : OptionalInt.of(count);
    }
}
