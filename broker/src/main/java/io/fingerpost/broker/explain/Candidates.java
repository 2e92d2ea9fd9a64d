package io.fingerpost.broker.explain;

import io.fingerpost.broker.choice.ChoiceTrace;
import io.fingerpost.broker.choice.Exclusion;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The peers that one decision looks at, each as it is at that moment. For one thread. */
public final class Candidates implements ChoiceTrace {
    private static final Comparator<Looked> BEST_FIRST = Comparator
            .comparingInt((Looked looked) -> looked.why == null ? 0 : 1)
            .thenComparingInt(looked -> looked.tier == null ? 0 : looked.tier.distance())
            .thenComparing(Looked::isUsed).thenComparing(Looked::isBusy).thenComparingDouble(Looked::lot);

    private final long now;
    private final Set<Peer> seen = new HashSet<>();
    private final List<Looked> looked = new ArrayList<>();

    /** @param tier null if it was excluded before anybody asked */
    private record Looked(Peer peer, @Nullable Exclusion why, @Nullable Tier tier, long bytesInFlight, double ramp,
            boolean isUsed, double load, boolean isBusy, double lot) {
        Explanation.Candidate as(@Nullable Integer rank, Place client, boolean tlsOnly) {
            boolean out = why != null;
            return new Explanation.Candidate(rank, why == null ? null : why.text(), peer.id().value(),
                    peer.endpointFor(client.isIpv6(), tlsOnly).url(), peer.superNode(),
                    client.tierTo(peer.place()).name().toLowerCase(Locale.ROOT),
                    peer.uploads().budget().bitsPerSecond(), rounded(ramp, 1e3), bytesInFlight,
                    out ? null : rounded(load, 1e3), out ? null : isBusy, out ? null : isUsed,
                    out ? null : rounded(lot, 1e6));
        }
    }

    Candidates(InstantSource clock) {
        this.now = clock.millis();
    }

    @Override
    public void excluded(Peer peer, Exclusion why) {
        note(peer, why, null, false, 0, false, 0);
    }

    @Override
    public void weighed(Peer peer, Tier tier, boolean isUsed, double load, boolean isBusy, double lot) {
        note(peer, null, tier, isUsed, load, isBusy, lot);
    }

    /** Among many holders, one may be drawn twice. */
    private void note(Peer peer, @Nullable Exclusion why, @Nullable Tier tier, boolean isUsed, double load,
            boolean isBusy, double lot) {
        if (seen.add(peer)) {
            looked.add(new Looked(peer, why, tier, peer.uploads().bytesInFlight(now), peer.uploads().ramp(now), isUsed,
                    load, isBusy, lot));
        }
    }

    int count() {
        return looked.size();
    }

    /**
     * The first of them.
     *
     * @param chosen come first, in this order
     * @param client where the client is
     * @param tlsOnly whether it can use nothing else
     */
    List<Explanation.Candidate> list(List<Peer> chosen, Place client, boolean tlsOnly) {
        var sorted = new ArrayList<>(looked);
        sorted.sort(Comparator.comparingInt((Looked one) -> place(chosen.indexOf(one.peer)))
                .thenComparing(BEST_FIRST));
        var list = new ArrayList<Explanation.Candidate>();
        for (Looked one : sorted.subList(0, Math.min(sorted.size(), Explanation.MAX_CANDIDATES))) {
            list.add(one.as(one.why == null ? list.size() + 1 : null, client, tlsOnly));
        }
        return list;
    }

    private static int place(int index) {
        return index < 0 ? Integer.MAX_VALUE : index;
    }

    private static double rounded(double value, double parts) {
        return Math.round(value * parts) / parts;
    }
}
