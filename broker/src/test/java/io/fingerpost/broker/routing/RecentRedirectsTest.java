package io.fingerpost.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.choice.Past;
import io.fingerpost.broker.routing.Decision.Origin;
import io.fingerpost.broker.routing.Decision.Redirect;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What becomes of clients that come back. */
class RecentRedirectsTest extends RoutingFixture {
    @Test
    void aClientThatComesBackIsSentToAnotherPeerAndThenToTheOrigin() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);

        var first = (Redirect) policy.decide(get());
        recent.note(get(), first, NOW.toEpochMilli());
        var second = (Redirect) policy.decide(get());
        recent.note(get(), second, NOW.toEpochMilli());
        var third = policy.decide(get());
        recent.note(get(), third, NOW.toEpochMilli());
        recent.note(get(), policy.decide(get()), NOW.toEpochMilli());

        assertThat(first.peers()).hasSize(2);
        assertThat(second.peers()).containsExactly(first.peers().getLast());
        assertThat(third).isEqualTo(new Origin(Reason.CAME_BACK));
        assertThat(suspects).as("each once").containsExactly(first.peers().getFirst().mark(),
                second.peers().getFirst().mark());
    }

    @Test
    void aPeerFromWhichAClientCameBackIsNotAskedForOtherPartsEither() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);
        var first = (Redirect) policy.decide(get("Range", "bytes=0-9"));
        recent.note(get("Range", "bytes=0-9"), first, NOW.toEpochMilli());
        var second = (Redirect) policy.decide(get("Range", "bytes=0-9"));
        recent.note(get("Range", "bytes=0-9"), second, NOW.toEpochMilli());

        var other = (Redirect) policy.decide(get("Range", "bytes=10-19"));

        assertThat(other.peers()).containsExactly(second.peers().getFirst());
    }

    @Test
    void othersAreNotConcerned() {
        knownAndHeld();
        recent.note(get(), policy.decide(get()), NOW.toEpochMilli());

        assertThat(policy.decide(get("User-Agent", "another"))).isInstanceOf(Redirect.class);
        assertThat(policy.decide(request("HEAD", PATH, "", get().fields()))).isInstanceOf(Redirect.class);
        assertThat(suspects).isEmpty();
    }

    @Test
    void whoComesBackMoreOftenThanAClientWouldIsACrowd() {
        knownAndHeld();
        var decisions = new ArrayList<Decision>();
        for (int i = 0; i < 30; i++) {
            var decision = policy.decide(get());
            recent.note(get(), decision, NOW.toEpochMilli());
            decisions.add(decision);
        }

        assertThat(decisions.subList(1, 10)).containsOnly(new Origin(Reason.CAME_BACK));
        assertThat(decisions.subList(10, 30)).allMatch(Redirect.class::isInstance);
        assertThat(suspects).hasSize(1);
    }

    /** As aria2 does on four connections, of which each cuts what is left anew when its piece is wrong. */
    @Test
    void aPeerIsNotAskedForPartAfterPart() {
        knownAndHeld();
        var decisions = new ArrayList<Decision>();
        for (int i = 0; i < 30; i++) {
            var part = get("Range", "bytes=" + i + "-99");
            var decision = policy.decide(part);
            recent.note(part, decision, NOW.toEpochMilli());
            decisions.add(decision);
        }

        assertThat(decisions.subList(0, 4)).allMatch(Redirect.class::isInstance);
        assertThat(decisions.subList(4, 13)).containsOnly(new Origin(Reason.CAME_BACK));
        assertThat(decisions.subList(13, 30)).as("a crowd").allMatch(Redirect.class::isInstance);
        assertThat(suspects).as("it may be as good as any").isEmpty();
    }

    @Test
    void howARangeIsSpeltDoesNotMakeItAnotherPart() {
        knownAndHeld();
        recent.note(get("Range", "bytes=0-9"), policy.decide(get("Range", "bytes=0-9")), NOW.toEpochMilli());
        recent.note(get("Range", "junk" + "x".repeat(1000)), policy.decide(get("Range", "junk")), NOW.toEpochMilli());

        assertThat(policy.decide(get("Range", "bytes= 0-09"))).isEqualTo(new Origin(Reason.CAME_BACK));
        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.CAME_BACK));
    }

    @Test
    void whatLiesOutsideTheWindowIsForgottenHoweverOftenTheClientComes() {
        knownAndHeld();
        var now = new AtomicReference<>(NOW);
        var moving = new RecentRedirects(Duration.ofSeconds(10), (peer, _) -> suspects.add(peer));
        var patient = policy(moving, now::get);
        moving.note(get(), patient.decide(get()), now.get().toEpochMilli());

        now.set(NOW.plusSeconds(6));
        assertThat(patient.decide(get())).isEqualTo(new Origin(Reason.CAME_BACK));
        moving.note(get(), patient.decide(get()), now.get().toEpochMilli());
        now.set(NOW.plusSeconds(11));

        assertThat(patient.decide(get())).isInstanceOf(Redirect.class);
    }

    @Test
    void partsOfOneDownloadComeFromDifferentPeersAndSuspectNone() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);

        var first = (Redirect) policy.decide(get("Range", "bytes=0-9"));
        recent.note(get("Range", "bytes=0-9"), first, NOW.toEpochMilli());
        var second = (Redirect) policy.decide(get("Range", "bytes=10-19"));
        recent.note(get("Range", "bytes=10-19"), second, NOW.toEpochMilli());
        var third = policy.decide(get("Range", "bytes=20-29"));
        recent.note(get("Range", "bytes=20-29"), third, NOW.toEpochMilli());

        assertThat(second.peers()).containsExactlyElementsOf(first.peers().reversed());
        assertThat(third).isInstanceOf(Redirect.class);
        assertThat(suspects).isEmpty();
    }

    /** Times are kept in few bits, which come round again every 55 minutes: once, one who came then was taken for one who came back. */
    @Test
    void whoComesAgainMuchLaterHasNotComeBack() {
        knownAndHeld();
        var first = policy.decide(get());
        recent.note(get(), first, NOW.toEpochMilli());

        for (long turn = 1; turn <= 30; turn++) {
            long later = NOW.toEpochMilli() + turn * (50L << 16);
            assertThat(recent.past(get(), later - 10_000)).isEqualTo(Past.NONE);
            assertThat(recent.past(get(), later)).isEqualTo(Past.NONE);
            assertThat(recent.past(get(), later + 5_000)).isEqualTo(Past.NONE);
        }
        assertThat(recent.past(get(), NOW.toEpochMilli() + 5_000)).isNotEqualTo(Past.NONE);
    }
}
