package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.contract.api.FailureReport.Phase;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("203.0.113.7");

    private final HealthFixture fixture = new HealthFixture();
    private final Peer peer = fixture.admitted();
    private final Representation held = fixture.known(1);
    private int seconds = 60;

    @BeforeEach
    void hold() {
        fixture.hold(peer, held);
    }

    static FailureReport report(Peer peer, Representation held, String ticket) {
        return new FailureReport(0, FailureReport.TYPE, peer.endpoint().url() + NiPath.of(held.digest()), "",
                new FailureReport.Body(ticket, held.digest(), Phase.DIGEST, 1));
    }

    /** Of a ticket that nobody has used yet. */
    private FailureReport fresh() {
        return report(peer, held, ticket(fixture.clock.instant().plusSeconds(seconds++)));
    }

    private String ticket(Instant expiry) {
        return peer.ticketKey().issue(held.digest(), expiry);
    }

    private ReportOutcome receive(FailureReport report) {
        return fixture.reports.receive(report, CLIENT);
    }

    @Test
    void aReportMakesTheRegistryLookForItself() {
        assertThat(receive(fresh())).isEqualTo(ReportOutcome.TAKEN);
        assertThat(peer.state()).isEqualTo(Peer.State.GOOD);
        fixture.fetches.put(peer.id(), new Outcome.Corrupt(held.digest(), 1));

        fixture.health.tick();

        assertThat(peer.state()).isEqualTo(Peer.State.QUARANTINED);
        assertThat(fixture.reported).containsEntry(ReportOutcome.CONFIRMED, 1);
    }

    @Test
    void onlyAGoodTicketForThatPeerAndDigestIsTaken() {
        var now = fixture.clock.instant();
        var other = fixture.admitted();
        fixture.hold(other, held);

        assertThat(receive(report(peer, held, ticket(now)))).as("expired").isEqualTo(ReportOutcome.NO_TICKET);
        assertThat(receive(report(peer, held, "nonsense"))).isEqualTo(ReportOutcome.NO_TICKET);
        assertThat(receive(report(other, held, ticket(now.plusSeconds(60))))).as("another peer's")
                .isEqualTo(ReportOutcome.NO_TICKET);
        assertThat(receive(report(peer, fixture.known(2), ticket(now.plusSeconds(60))))).as("another digest's")
                .isEqualTo(ReportOutcome.NO_TICKET);
        fixture.health.tick();
        assertThat(fixture.fetched).isEmpty();
    }

    @Test
    void aUrlThatIsNoneIsNoPeers() {
        for (String url : new String[] {"", "nonsense", "http://", "file:///etc/passwd", "http://[::", "//x", "a:b"}) {
            assertThat(receive(new FailureReport(0, FailureReport.TYPE, url, "", fresh().body()))).as(url)
                    .isEqualTo(ReportOutcome.NO_TICKET);
        }
    }

    @Test
    void aTicketIsGoodForOneReport() {
        var report = fresh();
        receive(report);

        assertThat(fixture.reports.receive(report, InetAddress.ofLiteral("198.51.100.1")))
                .isEqualTo(ReportOutcome.REPEATED);
    }

    @Test
    void aNetworkHasItsShareOfReportsInAMinute() {
        for (int i = 0; i < Reports.MOST_A_MINUTE; i++) {
            receive(report(peer, held, "nonsense"));
        }

        assertThat(fixture.reports.receive(fresh(), InetAddress.ofLiteral("203.0.113.250")))
                .as("the same /24").isEqualTo(ReportOutcome.TOO_MANY);
        assertThat(fixture.reports.receive(fresh(), InetAddress.ofLiteral("203.0.114.7")))
                .isEqualTo(ReportOutcome.TAKEN);
        fixture.clock.advance(Duration.ofSeconds(61));
        assertThat(receive(fresh())).isEqualTo(ReportOutcome.TAKEN);
    }

    @Test
    void anIpv6NetworkIsA48() {
        for (int i = 0; i < Reports.MOST_A_MINUTE; i++) {
            fixture.reports.receive(report(peer, held, "x"), InetAddress.ofLiteral("2001:db8:1:" + i + "::1"));
        }

        assertThat(fixture.reports.receive(fresh(), InetAddress.ofLiteral("2001:db8:1:ffff::1")))
                .isEqualTo(ReportOutcome.TOO_MANY);
        assertThat(fixture.reports.receive(fresh(), InetAddress.ofLiteral("2001:db8:2::1")))
                .isEqualTo(ReportOutcome.TAKEN);
    }

    @Test
    void whoCriesWolfIsNotListenedToForAWhileAndLongerTheNextTime() {
        cryWolf();
        assertThat(receive(fresh())).isEqualTo(ReportOutcome.NOT_CREDIBLE);
        assertThat(fixture.reported).containsEntry(ReportOutcome.REFUTED, 3);

        fixture.clock.advance(Duration.ofMinutes(31));
        cryWolf();
        fixture.clock.advance(Duration.ofMinutes(31));
        assertThat(receive(fresh())).isEqualTo(ReportOutcome.NOT_CREDIBLE);
        fixture.clock.advance(Duration.ofMinutes(31));

        assertThat(receive(fresh())).isEqualTo(ReportOutcome.TAKEN);
    }

    /** Three reports of a peer that is well. */
    private void cryWolf() {
        for (int i = 0; i < 3; i++) {
            assertThat(receive(fresh())).isEqualTo(ReportOutcome.TAKEN);
            fixture.pass(Duration.ofSeconds(15));
        }
    }

    @Test
    void aFullPeerDoesNotMakeAReportWrong() {
        fixture.fetches.put(peer.id(), new Outcome.Full());
        for (int i = 0; i < 5; i++) {
            receive(fresh());
            fixture.pass(Duration.ofSeconds(60));
        }

        assertThat(receive(fresh())).isEqualTo(ReportOutcome.TAKEN);
        assertThat(fixture.reported).doesNotContainKey(ReportOutcome.REFUTED);
    }
}
