package io.fingerpost.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DecayTest {
    private static final long NOW = 1_767_225_600_000L;

    @Test
    void halfIsForgottenInEachHalfLife() {
        long state = Decay.plus(0, 1000, NOW);

        assertThat(Decay.at(state, NOW)).isEqualTo(1000);
        assertThat(Decay.at(state, NOW + Decay.HALF_LIFE_MILLIS)).isCloseTo(500, within(0.01));
        assertThat(Decay.at(state, NOW + 3L * Decay.HALF_LIFE_MILLIS)).isCloseTo(125, within(0.01));
        assertThat(Decay.at(state, NOW + 100L * Decay.HALF_LIFE_MILLIS)).isZero();
    }

    @Test
    void betweenThemItFallsAndIsNeverFarAboveTheExponential() {
        long state = Decay.plus(0, 1000, NOW);
        double before = 1000;
        for (int age = 100; age < 100_000; age += 100) {
            double left = Decay.at(state, NOW + age);
            double exact = 1000 * Math.pow(0.5, (double) age / Decay.HALF_LIFE_MILLIS);
            assertThat(left).isLessThanOrEqualTo(before).isBetween(exact * 0.999, exact * 1.07);
            before = left;
        }
    }

    @Test
    void whatIsLongAgoDoesNotComeBack() {
        long state = Decay.plus(0, 1000, NOW);
        for (long days = 1; days < 3_000; days++) {
            assertThat(Decay.at(state, NOW + days * 86_400_000)).isZero();
        }
    }

    @Test
    void aClockThatGoesBackwardsAddsNothing() {
        assertThat(Decay.at(Decay.plus(0, 1000, NOW), NOW - 5000)).isEqualTo(1000);
    }

    @Test
    void addsToWhatIsLeft() {
        long state = Decay.plus(Decay.plus(0, 1000, NOW), 1000, NOW + Decay.HALF_LIFE_MILLIS);

        assertThat(Decay.at(state, NOW + Decay.HALF_LIFE_MILLIS)).isCloseTo(1500, within(0.1));
    }
}
