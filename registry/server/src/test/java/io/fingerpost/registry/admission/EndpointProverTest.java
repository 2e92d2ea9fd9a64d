package io.fingerpost.registry.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.testing.RawServer;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointProverTest {
    private final EndpointDialler dialler = new EndpointDialler(new AddressPolicy(List.of("127.0.0.0/8")),
            Duration.ofSeconds(10));
    private final EndpointProver prover = new EndpointProver(dialler);
    private final TestPeer anna = new TestPeer();
    private final TestPeer mallory = new TestPeer();

    @Test
    void believesWhoSignsTheNonceAndTheEndpoint() {
        try (var server = ProvingServer.of(anna)) {
            assertThat(prove(anna, server.endpoint())).isEqualTo(
                    new Proof.Given(new Route(server.endpoint(), List.of(InetAddress.getLoopbackAddress()))));
        }
    }

    @Test
    void asksForAnotherNonceEachTime() {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        try (var server = RawServer.answering((target, out) -> {
            asked.add(target);
            out.write(RawServer.response("404 Not Found", ""));
        })) {
            assertThat(prove(anna, server.endpoint())).isInstanceOf(Proof.Missing.class);
            assertThat(prove(anna, server.endpoint())).isInstanceOf(Proof.Missing.class);
        }

        assertThat(asked).hasSize(2).allMatch(EndpointProof::isPath);
    }

    @Test
    void doesNotBelieveWhoSignsWithAnotherKey() {
        try (var server = ProvingServer.of(mallory)) {
            assertRejected("endpoint-not-proved", anna, server.endpoint());
        }
    }

    /** Mallory says that her endpoint is Anna's, and passes the question on to Anna, who signs for her own endpoint. */
    @Test
    void doesNotBelieveWhoRelaysTheProofOfAnother() {
        try (var victim = ProvingServer.of(anna);
                var relay = RawServer
                        .answering((target, out) -> out.write(RawServer.response("200 OK", relayed(victim, target))))) {
            assertRejected("endpoint-not-proved", anna, relay.endpoint());
            assertThat(victim.calls()).isOne();
        }
    }

    private String relayed(RawServer victim, String target) throws IOException {
        return dialler.get(victim.endpoint(), target).body();
    }

    /** One machine, two ports: a proof for one says nothing of the other. */
    @Test
    void doesNotBelieveAProofForAnotherPort() {
        try (var other = ProvingServer.of(anna);
                var server = ProvingServer.signingFor(other.endpoint(), anna)) {
            assertRejected("endpoint-not-proved", anna, server.endpoint());
        }
    }

    @Test
    void doesNotBelieveAProofOfBefore() {
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.response("200 OK",
                ProvingServer.proof(anna, EndpointProof.path("DGyRjmCefe7v4NfDGDKfAQ"),
                        List.of(new PeerEndpoint("http", "127.0.0.1", 1))))))) {
            assertRejected("endpoint-not-proved", anna, server.endpoint());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "<html>every path is found here</html>", "AAAA", "====", "\u0000\u0001"})
    void doesNotBelieveWhatIsNoSignature(String body) {
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.response("200 OK", body)))) {
            assertRejected("endpoint-not-proved", anna, server.endpoint());
        }
    }

    @Test
    void saysHowToBeReachable() throws IOException {
        PeerEndpoint gone = gone();

        assertThat(prove(anna, gone)).isInstanceOfSatisfying(Proof.Missing.class, missing -> {
            assertThat(missing.tried()).startsWith("tried " + gone);
            assertThat(missing.advice()).contains("open that port");
        });
    }

    /** What a victim's internal service says must not be read through us. */
    @Test
    void doesNotRepeatWhatTheEndpointSaid() {
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.response("200 OK", "root:x:0:0")))) {
            assertThat(assertRejected("endpoint-not-proved", anna, server.endpoint()).getMessage())
                    .doesNotContain("root:x");
        }
    }

    /** A stranger who names somebody else's key and endpoint must not get that peer's lease and ticket key. */
    @Test
    void anHonestEndpointDoesNotVouchForARegistrationThatIsNotItsOwn() throws IOException {
        try (var server = ProvingServer.of(anna)) {
            var forged = Registration.fresh(anna.key(), List.of(server.endpoint()), TestPeer.BUDGET, UploadReport.IDLE);

            assertThat(prover.proveAll(forged, false).of(server.endpoint())).isInstanceOfSatisfying(Proof.Foreign.class,
                    refused -> assertThat(refused.why().problem().is("endpoint-not-proved")).isTrue());
        }
    }

    private RequestRejected assertRejected(String kind, TestPeer claimant, PeerEndpoint endpoint) {
        var refusal = prover.proveAll(claimant.registration(endpoint), false).refusal().orElseThrow();
        assertThat(refusal.problem().status()).isEqualTo(422);
        assertThat(refusal.problem().is(kind)).as(refusal.getMessage()).isTrue();
        return refusal;
    }

    /** Where nobody answers. */
    private PeerEndpoint gone() {
        try (var server = ProvingServer.of(anna)) {
            return server.endpoint();
        }
    }

    private Proof prove(TestPeer claimant, PeerEndpoint endpoint) {
        return prover.proveAll(claimant.registration(endpoint), false).of(endpoint);
    }

    /** What each is asked at the same time: one that hangs costs no more than its own time. */
    @Test
    void takesThoseOfSeveralEndpointsThatProveThemselves() {
        var all = new CompletableFuture<List<PeerEndpoint>>();
        try (var one = ProvingServer.signing(anna, all);
                var two = ProvingServer.signing(anna, all);
                var other = ProvingServer.of(mallory)) {
            var closed = gone();
            all.complete(List.of(other.endpoint(), one.endpoint(), closed, two.endpoint()));

            var proofs = prover.proveAll(anna.registration(all.join()), false);

            assertThat(proofs.routes()).extracting(Route::endpoint).containsExactly(one.endpoint(), two.endpoint());
            var told = proofs.reachability();
            assertThat(told.reachable()).isTrue();
            assertThat(told.tried()).contains(other.endpoint() + " does not sign", "tried " + closed)
                    .doesNotContain(one.endpoint().url());
        }
    }

    /** It may be a laptop behind a door that opens later. */
    @Test
    void whatMayNotBeDialledKeepsNobodyFromALease() {
        var hidden = new PeerEndpoint("http", "10.0.0.1", 80);
        PeerEndpoint closed = gone();

        var proofs = prover.proveAll(anna.registration(List.of(hidden, closed)), false);

        assertThat(proofs.refusal()).isEmpty();
        assertThat(proofs.reachability().reachable()).isFalse();
        assertThat(proofs.reachability().tried()).contains(hidden.url(), closed.url());
    }

    /** With a lease, a stranger would be asked again every few minutes. */
    @Test
    void nobodyHasALeaseForStrangersAlone() {
        try (var stranger = ProvingServer.of(mallory)) {
            var proofs = prover.proveAll(anna.registration(List.of(gone(), stranger.endpoint())), false);

            assertThat(proofs.refusal()).get().satisfies(
                    refusal -> assertThat(refusal.problem().is("endpoint-not-proved")).isTrue());
        }
    }

    @Test
    void withNothingThatMayBeDialledThereIsNoLease() {
        var hidden = new PeerEndpoint("http", "10.0.0.1", 80);
        var secret = new PeerEndpoint("http", "169.254.169.254", 80);

        assertThat(prover.proveAll(anna.registration(List.of(hidden, secret)), false).refusal()).get()
                .satisfies(refusal -> assertThat(refusal.problem().is("endpoint-refused")).isTrue());
    }
}
