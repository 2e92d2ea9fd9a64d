package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.Peer.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});
    private static final Outcome PROVED = new Outcome.Proved(false);
    private static final Outcome GENUINE = new Outcome.Genuine();
    private static final Outcome FULL = new Outcome.Full();
    private static final Outcome UNREACHABLE = new Outcome.Unreachable("tried", "advice", false);
    private static final Outcome DISOWNED = new Outcome.Disowned("somebody else");
    private static final Outcome CORRUPT = new Outcome.Corrupt(DIGEST, 0);
    private static final Outcome MISSING = new Outcome.Missing(DIGEST);
    private static final Outcome FAILING = new Outcome.Failing("status 403");
    private static final List<Outcome> FAILURES = List.of(UNREACHABLE, DISOWNED, CORRUPT, MISSING, FAILING);

    private static Verdict judge(State state, Vitals vitals, Standing standing, Outcome outcome) {
        return Judge.judge(state, vitals, standing, outcome, false, NOW);
    }

    private static Verdict judge(Outcome outcome) {
        return judge(State.GOOD, Vitals.WELL, Standing.CLEAN, outcome);
    }

    @Test
    void aPeerIsDownAtTheSecondMissInARowAndUpAtTheSecondHit() {
        var once = Vitals.WELL.miss();
        assertThat(once.down()).isFalse();
        assertThat(once.hit().miss().down()).as("a hit in between").isFalse();

        var down = once.miss();
        assertThat(down.down()).isTrue();
        assertThat(down.hit().down()).isTrue();
        assertThat(down.hit().miss().hit().down()).as("a miss in between").isTrue();
        assertThat(down.hit().hit()).isEqualTo(Vitals.WELL);
    }

    @Test
    void wrongBytesAreQuarantineAtOnce() {
        assertThat(judge(CORRUPT).standing().isQuarantined(NOW)).isTrue();
    }

    @Test
    void whatIsMissingOrRefusedIsAStrike() {
        for (var outcome : List.of(MISSING, FAILING)) {
            assertThat(judge(outcome).standing()).isEqualTo(Standing.CLEAN.struck(NOW));
        }
    }

    @Test
    void aFullPeerIsNeitherGoodNorBad() {
        var vitals = Vitals.WELL.miss();

        assertThat(judge(State.GOOD, vitals, Standing.CLEAN, FULL))
                .isEqualTo(new Verdict(vitals, Standing.CLEAN, false, false));
    }

    @Test
    void nothingIsHeldAgainstAPeerThatIsJustNotThere() {
        assertThat(judge(UNREACHABLE)).isEqualTo(new Verdict(Vitals.WELL.miss(), Standing.CLEAN, false, false));
    }

    @Test
    void whoeverIsNotThePeerAnyMoreLosesItsLease() {
        assertThat(judge(DISOWNED).endsLease()).isTrue();
    }

    @Test
    void aPeerThatCanBeReachedAtLastHasToRegisterAnew() {
        assertThat(judge(State.UNPROVED, Vitals.WELL, Standing.CLEAN, new Outcome.Proved(true)).endsLease()).isTrue();
        assertThat(judge(State.UNPROVED, Vitals.WELL, Standing.CLEAN, UNREACHABLE).endsLease()).isFalse();
        assertThat(judge(State.GOOD, Vitals.WELL, Standing.CLEAN, PROVED).endsLease()).isFalse();
    }

    @Test
    void quarantineEndsWithASuccessAfterItsTime() {
        var served = Standing.CLEAN.quarantined(NOW.minusSeconds(60));
        var serving = Standing.CLEAN.quarantined(NOW.minusSeconds(59));

        for (var success : List.of(PROVED, GENUINE)) {
            assertThat(judge(State.QUARANTINED, Vitals.WELL, served, success).outOfQuarantine()).isTrue();
            assertThat(judge(State.QUARANTINED, Vitals.WELL, serving, success).outOfQuarantine()).isFalse();
        }
        for (var other : List.of(FULL, UNREACHABLE, MISSING, FAILING, CORRUPT)) {
            assertThat(judge(State.QUARANTINED, Vitals.WELL, served, other).outOfQuarantine()).isFalse();
        }
    }

    @Test
    void inAPanicNothingIsHeldAgainstAnybody() {
        for (var failure : FAILURES) {
            assertThat(Judge.judge(State.GOOD, Vitals.WELL.miss(), Standing.CLEAN, failure, true, NOW))
                    .as(failure.tag()).isEqualTo(new Verdict(Vitals.WELL.miss(), Standing.CLEAN, false, false));
        }
    }

    @Test
    void inAPanicASuccessStillCounts() {
        assertThat(Judge.judge(State.GOOD, Vitals.WELL.miss(), Standing.CLEAN, PROVED, true, NOW).vitals())
                .isEqualTo(Vitals.WELL);
    }
}
