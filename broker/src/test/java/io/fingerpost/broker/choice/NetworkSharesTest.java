package io.fingerpost.broker.choice;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkSharesTest {
    private static final Place HOME = new Place(0, 1, 0, 0);
    private static final Place OTHER_HOME = new Place(0, 2, 0, 0);

    private final Peer anna = SmallSwarm.peer(1, SmallSwarm.AWAY);
    private final Peer berta = SmallSwarm.peer(2, SmallSwarm.AWAY);

    @ParameterizedTest
    @CsvSource({"75, 12", "50, 8", "1, 1", "99, 15"})
    void aPeerSeesNoMoreThanItsShareOfTheLastRedirects(int percent, int most) {
        var shares = new NetworkShares(percent);

        for (int i = 0; i < most; i++) {
            assertThat(shares.hasSeenEnough(anna, HOME)).isFalse();
            shares.note(anna, HOME);
        }

        assertThat(shares.hasSeenEnough(anna, HOME)).isTrue();
        assertThat(shares.hasSeenEnough(berta, HOME)).isFalse();
        assertThat(shares.hasSeenEnough(anna, OTHER_HOME)).isFalse();
    }

    @Test
    void whatOthersSeeMakesRoomAgain() {
        var shares = new NetworkShares(50);
        for (int i = 0; i < 8; i++) {
            shares.note(anna, HOME);
        }

        for (int i = 0; i < 8; i++) {
            assertThat(shares.hasSeenEnough(anna, HOME)).isTrue();
            shares.note(berta, HOME);
        }
        shares.note(berta, HOME);

        assertThat(shares.hasSeenEnough(anna, HOME)).isFalse();
        assertThat(shares.hasSeenEnough(berta, HOME)).isTrue();
    }

    @Test
    void ahundredPercentIsNoLimit() {
        var shares = new NetworkShares(100);

        for (int i = 0; i < 100; i++) {
            shares.note(anna, HOME);
        }

        assertThat(shares.hasSeenEnough(anna, HOME)).isFalse();
    }

    @Test
    void moreNetworksThanFitTakeEachOthersPlaces() {
        var shares = new NetworkShares(1);

        int remembered = 0;
        for (int i = 0; i < 200_000; i++) {
            shares.note(anna, new Place(0, i, 0, 0));
        }
        for (int i = 0; i < 200_000; i++) {
            remembered += shares.hasSeenEnough(anna, new Place(0, i, 0, 0)) ? 1 : 0;
        }

        assertThat(remembered).isBetween(20_000, 1 << 15);
    }

    @Test
    void soDoesWhatNobodySees() {
        var shares = new NetworkShares(50);
        for (int i = 0; i < 8; i++) {
            shares.note(anna, HOME);
        }

        for (int i = 0; i < 8; i++) {
            assertThat(shares.hasSeenEnough(anna, HOME)).isTrue();
            shares.noteNobody(HOME);
        }
        shares.noteNobody(HOME);

        assertThat(shares.hasSeenEnough(anna, HOME)).isFalse();
    }
}
