package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.Representation;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A swarm of which one peer in ten sends wrong bytes, and three reporters in ten lie: they report honest peers, and never bad ones. All
 * but the peers is the real thing.
 */
class LyingReportersTest {
    private static final int PEERS = 100;
    private static final int REPORTERS = 100;
    private static final int LIARS = 30;
    private static final int MINUTES = 12;

    private final HealthFixture fixture = new HealthFixture();
    private final List<Peer> honest = new ArrayList<>();
    private final List<Peer> bad = new ArrayList<>();
    private final Representation held = fixture.known(1);

    private void swarm() {
        for (int i = 0; i < PEERS; i++) {
            var peer = fixture.admitted();
            fixture.hold(peer, held);
            if (i % 10 == 0) {
                bad.add(peer);
                fixture.fetches.put(peer.id(), new Outcome.Corrupt(held.digest(), 1));
            } else {
                honest.add(peer);
            }
        }
    }

    private static InetAddress reporter(int number) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {(byte) 203, 0, (byte) number, 7});
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void banNoHonestPeerAndHideNoBadOne(long seed) throws UnknownHostException {
        swarm();
        var random = new Random(seed);
        Set<Peer> reported = new HashSet<>();
        for (int second = 0; second < MINUTES * 60; second++) {
            int who = random.nextInt(REPORTERS);
            boolean lies = who < LIARS;
            var choice = (lies ? honest : bad).stream().filter(peer -> peer.state() == Peer.State.GOOD).toList();
            if (!choice.isEmpty()) {
                Peer peer = choice.get(random.nextInt(choice.size()));
                var ticket = peer.ticketKey().issue(held.digest(), fixture.clock.instant().plusSeconds(60));
                var outcome = fixture.reports.receive(ReportsTest.report(peer, held, ticket), reporter(who));
                if (!lies && outcome == ReportOutcome.TAKEN) {
                    reported.add(peer);
                }
            }
            fixture.pass(Duration.ofSeconds(1));

            assertThat(honest).allSatisfy(peer -> assertThat(peer.state()).isEqualTo(Peer.State.GOOD));
            assertThat(reported).as("out after one probe").allSatisfy(
                    peer -> assertThat(peer.state()).isEqualTo(Peer.State.QUARANTINED));
        }

        assertThat(reported).as("by reports, or by chance before them").isSubsetOf(bad);
        assertThat(bad).allSatisfy(peer -> assertThat(peer.state()).isEqualTo(Peer.State.QUARANTINED));
        assertThat(fixture.reported.get(ReportOutcome.NOT_CREDIBLE)).as("liars are not listened to any more")
                .isGreaterThan(fixture.reported.get(ReportOutcome.REFUTED));
    }
}
