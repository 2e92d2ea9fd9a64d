package io.fingerpost.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeerChoiceTest {
    private static final List<Peer> PEERS = IntStream.range(0, 10).mapToObj(number -> TestPeers.peer(number, false))
            .toList();

    @Test
    void atMostFourAreChosenAndNoneTwice() {
        var random = new Random(1);

        for (int i = 0; i < 100; i++) {
            assertThat(PeerChoice.choose(PEERS, List.of(), random)).hasSize(4).doesNotHaveDuplicates();
        }
    }

    @Test
    void ofFewPeersAllAreChosen() {
        assertThat(PeerChoice.choose(PEERS.subList(0, 3), List.of(), new Random(1)))
                .containsExactlyInAnyOrderElementsOf(PEERS.subList(0, 3));
    }

    @Test
    void theListIsLeftAlone() {
        var peers = new ArrayList<>(PEERS);

        PeerChoice.choose(peers, List.of(), new Random(1));

        assertThat(peers).isEqualTo(PEERS);
    }

    @Test
    void everyPeerIsFirstAboutEquallyOftenAndAlternateToo() {
        var random = new Random(42);
        Map<Sha256, Integer> first = new HashMap<>();
        Map<Sha256, Integer> last = new HashMap<>();

        for (int i = 0; i < 10_000; i++) {
            var chosen = PeerChoice.choose(PEERS.subList(0, 5), List.of(), random);
            first.merge(chosen.getFirst().secretHash(), 1, Integer::sum);
            last.merge(chosen.getLast().secretHash(), 1, Integer::sum);
        }

        assertThat(first.values()).hasSize(5).allSatisfy(count -> assertThat(count).isCloseTo(2000, within(200)));
        assertThat(last.values()).hasSize(5).allSatisfy(count -> assertThat(count).isCloseTo(2000, within(200)));
    }
}
