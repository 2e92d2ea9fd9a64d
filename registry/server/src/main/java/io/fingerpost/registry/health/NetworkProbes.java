package io.fingerpost.registry.health;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.admission.PartAnswer;
import io.fingerpost.registry.admission.Proof;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;

/** Probes over the network, within the dialler's limits. */
public final class NetworkProbes implements Probes {
    /** A peer that sends less than so many bytes a second fails. */
    private static final int SLOWEST = 64 * 1024;
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private final EndpointProver prover;
    private final EndpointDialler dialler;
    private final Duration patience;
    private final InstantSource clock;

    /** @param patience until an answer begins */
    public NetworkProbes(EndpointProver prover, EndpointDialler dialler, Duration patience, InstantSource clock) {
        this.prover = prover;
        this.dialler = dialler;
        this.patience = patience;
        this.clock = clock;
    }

    /** Clients may be sent to any of its routes; of one that has none yet, any endpoint would be something. */
    @Override
    public Outcome prove(Peer peer) {
        var admission = peer.admission();
        return admission.isProved()
                ? worst(admission.routes(), route -> prove(peer, route))
                : proveAny(admission.registration());
    }

    private Outcome proveAny(Registration registration) {
        var proofs = prover.proveAll(registration, false);
        try {
            var reachability = proofs.reachability();
            return reachability.reachable()
                    ? new Outcome.Proved()
                    : new Outcome.Unreachable(reachability.tried(), reachability.advice());
        } catch (RequestRejected e) {
            return new Outcome.Disowned(String.valueOf(e.getMessage()));
        }
    }

    private Outcome prove(Peer peer, Route route) {
        var proof = prover.prove(peer.admission().registration(), route.endpoint());
        return proof instanceof Proof.Given(var now) && hasMoved(route, now.addresses()) ? moved() : outcome(proof);
    }

    private static Outcome outcome(Proof proof) {
        return switch (proof) {
            case Proof.Given _ -> new Outcome.Proved();
            case Proof.Missing(var tried, var advice) -> new Outcome.Unreachable(tried, advice);
            case Proof.Refused(var why) -> new Outcome.Disowned(String.valueOf(why.getMessage()));
        };
    }

    /** The first that is a failure, or else the last. */
    private static Outcome worst(List<Route> routes, Function<Route, Outcome> probe) {
        var outcome = probe.apply(routes.getFirst());
        for (Route route : routes.subList(1, routes.size())) {
            outcome = outcome.isFailure() ? outcome : probe.apply(route);
        }
        return outcome;
    }

    /** A name may have several addresses, in any order; but the one by which the peer's place is known has to be among them. */
    private static boolean hasMoved(Route route, List<InetAddress> addresses) {
        return !addresses.contains(route.address());
    }

    private static Outcome moved() {
        return new Outcome.Disowned("its name resolves to another address now");
    }

    @Override
    public Outcome fetch(Peer peer, Representation representation, int piece) {
        return worst(peer.admission().routes(), route -> fetch(peer, route, representation, piece));
    }

    private Outcome fetch(Peer peer, Route route, Representation representation, int piece) {
        var layout = representation.layout();
        Sha256 digest = representation.digest();
        int length = layout.length(piece);
        var part = new Span(layout.offset(piece), layout.offset(piece) + length - 1);
        var time = patience.plusMillis(length * 1000L / SLOWEST);
        var hash = Sha256.newDigest();
        String path = NiPath.of(digest) + "?t="
                + peer.ticketKey().issue(digest, clock.instant().plus(LONGEST)); // as the tickets of redirects by default
        PartAnswer answer;
        try {
            answer = dialler.getPart(route.endpoint(), path, part, representation.size(), hash,
                    time.compareTo(LONGEST) < 0 ? time : LONGEST);
        } catch (RequestRejected e) {
            return new Outcome.Disowned(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return unlessGone(peer, route, new Outcome.Failing("asked it for a piece: " + e.getMessage()));
        }
        if (hasMoved(route, answer.addresses())) {
            return moved();
        }
        if (!answer.part()) {
            return answer.isBusy() ? new Outcome.Full() : unlessGone(peer, route, refusal(digest, answer));
        }
        return Sha256.of(hash.digest()).equals(representation.pieces().get(piece))
                ? new Outcome.Genuine()
                : new Outcome.Corrupt(digest, piece);
    }

    /** Whoever fails may not be there any more, or somebody else in its place: that is what it is told then. */
    private Outcome unlessGone(Peer peer, Route route, Outcome failure) {
        Outcome there = prove(peer, route);
        return there instanceof Outcome.Proved ? failure : there;
    }

    private static Outcome refusal(Sha256 digest, PartAnswer answer) {
        return switch (answer.status()) {
            case 404, 410 -> new Outcome.Missing(digest);
            case 200, 206 -> new Outcome.Failing("asked it for a piece: " + answer.defect());
            default -> new Outcome.Failing("asked it for a piece: it answered with status " + answer.status());
        };
    }
}
