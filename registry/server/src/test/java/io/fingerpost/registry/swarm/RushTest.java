package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How near a rush comes to what the lines allow, in virtual time: the margins are for other draws, not for other machines. */
class RushTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void twelveHostsAtOnceTakeLittleMoreThanTheOriginDoesForOne(int seed) {
        var finish = Rush.A.run(seed);

        assertThat(finish.ratio()).isLessThan(1.13);
        assertThat(finish.originCopies()).isBetween(0.999, 1.02);
    }

    @Test
    void soDoTwentyFourAtHalfTheRates() {
        var finish = Rush.B.run(1);

        assertThat(finish.ratio()).isLessThan(1.16);
        assertThat(finish.originCopies()).isBetween(0.999, 1.02);
    }

    @Test
    void hostsThatArriveOneByOneGetNearlyEverythingFromOthers() {
        var finish = Rush.C.run(1);

        assertThat(finish.ratio()).isLessThan(1.12);
        assertThat(finish.originCopies()).isBetween(0.999, 1.18);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whoLiesOrVanishesHoldsTheOthersUpButLittle(int seed) {
        var finish = Rush.F.run(seed);

        assertThat(finish.ratio()).isLessThan(1.13);
        assertThat(finish.originCopies()).isBetween(0.999, 1.1);
    }

    /** Who is gone has much on its way to it, and is given more until it is missed: all that fills the others' lines. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whoVanishesIsMissedSoonHoweverMuchItWasToGet(int seed) {
        var finish = new Rush(12, 20, 100, List.of(24_000_000L), 0, 0, 2).run(seed);

        assertThat(finish.ratio()).isLessThan(1.13);
    }

    @Test
    void manySmallFilesShareTheLines() {
        var finish = Rush.D.run(1);

        assertThat(finish.ratio()).isLessThan(1.25);
        assertThat(finish.originCopies()).isBetween(0.999, 1.05);
    }
}
