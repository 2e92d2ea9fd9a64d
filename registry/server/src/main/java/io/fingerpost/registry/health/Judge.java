package io.fingerpost.registry.health;

import io.fingerpost.registry.store.Peer;
import java.time.Instant;

/** Decides what a probe means for a peer. Touches nothing. */
final class Judge {
    private Judge() {}

    /**
     * Judges one outcome.
     *
     * @param state of the peer so far
     * @param panic whether we rather suspect ourselves: then nothing is held against anybody
     */
    static Verdict judge(Peer.State state, Vitals vitals, Standing standing, Outcome outcome, boolean panic,
            Instant now) {
        if (panic && outcome.isFailure()) {
            return new Verdict(vitals, standing, false, false);
        }
        boolean served = state == Peer.State.QUARANTINED && !standing.isQuarantined(now);
        return switch (outcome) {
            // One that could not be reached may be used as soon as it registers anew: its address has to be known for that.
            case Outcome.Proved(var isNews) -> new Verdict(vitals.hit(), standing, served, isNews);
            case Outcome.Genuine _ -> new Verdict(vitals.hit(), standing, served, false);
            case Outcome.Full _ -> new Verdict(vitals, standing, false, false);
            // With the routes that are left it may be used as soon as it registers anew.
            case Outcome.Unreachable(_, _, var isPartial) ->
                new Verdict(vitals.miss(), standing, false, isPartial && vitals.miss().down());
            case Outcome.Disowned _ -> new Verdict(vitals.miss(), standing, false, true);
            case Outcome.Corrupt _ -> new Verdict(vitals, standing.quarantined(now), false, false);
            case Outcome.Missing _,Outcome.Failing _ ->
                new Verdict(vitals, standing.struck(now), false, false);
        };
    }
}
