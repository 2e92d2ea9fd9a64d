package io.fingerpost.broker.choice;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Draws numbers from 0: the chance of n is in proportion to 1/(n+1), as with files on the web. */
final class Zipf {
    private final double[] cumulated;

    Zipf(int count) {
        cumulated = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1.0 / (i + 1);
            cumulated[i] = sum;
        }
    }

    int draw(RandomGenerator random) {
        double at = random.nextDouble() * cumulated[cumulated.length - 1];
        int found = Arrays.binarySearch(cumulated, at);
        return found >= 0 ? found : -found - 1;
    }

    double chance(int number) {
        return 1 / (number + 1.0) / cumulated[cumulated.length - 1];
    }
}
