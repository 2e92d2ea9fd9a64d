package io.fingerpost.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.TestRegistry;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.broker.routing.TestPeers;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.swarm.SwarmMeters.PieceSource;
import io.fingerpost.registry.swarm.SwarmMeters.PlanOutcome;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokerMetricsTest {
    private final MemoryStore store = new MemoryStore();
    /** Held here, for gauges do not hold what they show. */
    private final Registry registry = TestRegistry.of(store, new RepresentationTable(ByteSize.parse("1MiB")),
            InstantSource.system());
    private final BrokerMetrics metrics = new BrokerMetrics(registry);

    @AfterEach
    void close() {
        metrics.close();
    }

    private List<String> lines(String meter) {
        return metrics.scrape().lines().filter(line -> line.startsWith(meter)).toList();
    }

    private static String line(Reason reason, double count) {
        String decision = switch (reason) {
            case HELD -> "redirect";
            case BAD_PATH, LOOP, UNKNOWN_SITE -> "reject";
            default -> "origin";
        };
        return "fingerpost_broker_requests_total{decision=\"" + decision + "\",reason=\"" + reason.tag() + "\"} "
                + count;
    }

    @ParameterizedTest
    @EnumSource
    void everyReasonExistsFromTheStart(Reason reason) {
        assertThat(lines("fingerpost_broker_requests_total")).contains(line(reason, 0.0));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"HELD", "BAD_PATH", "LOOP", "UNKNOWN_SITE"})
    void aRequestIsCountedOnceUnderItsReason(Reason reason) {
        metrics.count(new Decision.Origin(reason));

        assertThat(lines("fingerpost_broker_requests_total")).contains(line(reason, 1.0))
                .filteredOn(line -> line.endsWith(" 1.0")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.INCLUDE, names = {"NO_HOLDER", "UNLABELLED", "RULE"})
    void aClientThatIsSentToThePublicOriginIsCountedApart(Reason reason) {
        metrics.count(new Decision.PublicOrigin(reason));

        assertThat(lines("fingerpost_broker_requests_total")).contains(line(reason, 0.0),
                line(reason, 1.0).replace("\"origin\"", "\"origin_redirect\""));
    }

    @Test
    void aRejectedRequestIsCountedToo() {
        metrics.count(new Decision.Reject(Reason.LOOP, "again"));

        assertThat(lines("fingerpost_broker_requests_total")).contains(line(Reason.LOOP, 1.0));
    }

    @Test
    void aRedirectCountsTheBytesItSaves() {
        metrics.count(new Decision.Redirect(TestPeers.representation(5000), List.of(TestPeers.peer(1, false)), 5000,
                new Place(0, 1, 0, 0), false));

        assertThat(lines("fingerpost_broker_redirected_bytes_total"))
                .containsExactly("fingerpost_broker_redirected_bytes_total 5000.0");
        assertThat(lines("fingerpost_broker_requests_total")).contains(line(Reason.HELD, 1.0));
    }

    @Test
    void failuresOfTheOriginAreCountedByKind() {
        metrics.countOriginFailure(OriginFailure.ANSWER_TIMEOUT);
        metrics.countOriginFailure(OriginFailure.ANSWER_TIMEOUT);

        assertThat(lines("fingerpost_broker_origin_failures_total"))
                .containsExactly("fingerpost_broker_origin_failures_total{kind=\"answer_timeout\"} 2.0");
    }

    @Test
    void peersAndHoldingsAreShownAsTheyAre() {
        var peer = TestPeers.peer(1, false);
        store.admit(peer);
        store.hold(peer.id(), TestPeers.representation(5000).digest(), PieceSet.all(1));

        assertThat(metrics.scrape()).contains("fingerpost_registry_peers{state=\"good\"} 1.0",
                "fingerpost_registry_peers{state=\"down\"} 0.0", "fingerpost_registry_holdings 1.0",
                "fingerpost_registry_resources 0.0");
    }

    @Test
    void countsPlansAndWhereTheirBytesCameFrom() {
        metrics.countPlan(PlanOutcome.HELD);
        metrics.countPiece(PieceSource.PEER, 65_536);

        assertThat(lines("fingerpost_registry_plans_total")).contains(
                "fingerpost_registry_plans_total{outcome=\"held\"} 1.0",
                "fingerpost_registry_plans_total{outcome=\"joined\"} 0.0");
        assertThat(lines("fingerpost_registry_planned_bytes_total")).containsExactlyInAnyOrder(
                "fingerpost_registry_planned_bytes_total{source=\"peer\"} 65536.0",
                "fingerpost_registry_planned_bytes_total{source=\"origin\"} 0.0");
    }
}
