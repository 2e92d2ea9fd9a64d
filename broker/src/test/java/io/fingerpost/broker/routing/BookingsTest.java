package io.fingerpost.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.routing.Decision.Origin;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BookingsTest extends RoutingFixture {
    private final RecentRedirects forgetful = new RecentRedirects(Duration.ZERO, (mark, _) -> suspects.add(mark));
    private final Bookings booked = new Bookings(registry, forgetful, shares, LOCATOR, InstantSource.fixed(NOW));
    private final RedirectPolicy everAnew = policy(forgetful, InstantSource.fixed(NOW));

    private List<Decision> bookedDecisions(int count, Supplier<EdgeRequest> requests) {
        var decisions = new ArrayList<Decision>();
        for (int i = 0; i < count; i++) {
            EdgeRequest request = requests.get();
            Decision decision = everAnew.decide(request);
            assertThat(booked.book(request, decision)).isTrue();
            decisions.add(decision);
        }
        return decisions;
    }

    private static EdgeRequest head() {
        return request("HEAD", PATH, "", get().fields());
    }

    @Test
    void whoAloneHoldsSomethingServesItsShareOfIt() {
        knownAndHeld();

        var decisions = bookedDecisions(160, BookingsTest::head);

        assertThat(decisions).hasOnlyElementsOfTypes(Redirect.class, Origin.class);
        assertThat(decisions).filteredOn(Redirect.class::isInstance).hasSizeBetween(115, 125);
        assertThat(decisions.subList(150, 160)).contains(new Origin(Reason.NETWORK_SHARE))
                .hasAtLeastOneElementOfType(Redirect.class);
    }

    @Test
    void soDoesWhoHoldsItBesideOneThatNeverHasRoom() {
        knownAndHeld();
        holds(TestPeers.peer(3, new UploadBudget(1_000_000, 0, 0)), MAP);

        var decisions = bookedDecisions(160, BookingsTest::head);

        assertThat(decisions).contains(new Origin(Reason.OVER_BUDGET));
        assertThat(decisions).filteredOn(Redirect.class::isInstance).hasSizeBetween(115, 125);
    }

    @Test
    void ofSeveralOnlyThoseAreBookedThatHaveRoom() {
        Peer full = TestPeers.peer(3, new UploadBudget(100_000_000, 1, 0));
        knownAndHeld();
        holds(full, MAP);
        var redirect = (Redirect) policy.decide(get());
        assertThat(redirect.peers()).containsExactlyInAnyOrder(PEER, full);
        assertThat(registry.charge(full, MAP.size(), NOW.toEpochMilli())).isTrue();

        assertThat(bookings.bookAll(redirect)).containsExactly(PEER);
    }
}
