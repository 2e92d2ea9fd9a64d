package io.fingerpost.registry.health;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
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
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** Probes over the network, within the dialler's limits. */
public final class NetworkProbes implements Probes {
    /** A peer that sends less than so many bytes a second fails. */
    private static final int SLOWEST = 64 * 1024;
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final String MOVED = "its name resolves to another address now";

    private final EndpointProver prover;
    private final EndpointDialler dialler;
    private final Duration patience;
    private final BooleanSupplier sharesLan;
    private final InstantSource clock;

    /**
     * @param patience until an answer begins
     * @param sharesLan whether endpoints in private networks may serve these
     */
    public NetworkProbes(EndpointProver prover, EndpointDialler dialler, Duration patience, BooleanSupplier sharesLan,
            InstantSource clock) {
        this.prover = prover;
        this.dialler = dialler;
        this.patience = patience;
        this.sharesLan = sharesLan;
        this.clock = clock;
    }

    /** Clients may be sent to each of its routes; what else it claims may have come to be one. */
    @Override
    public Outcome prove(Peer peer) {
        var admission = peer.admission();
        var proofs = prover.proveAll(admission.registration(), sharesLan.getAsBoolean());
        var refusal = proofs.refusal();
        if (refusal.isPresent()) {
            return new Outcome.Disowned(Objects.toString(refusal.get().getMessage()));
        }
        boolean areAllThere = true;
        for (Route route : admission.routes()) {
            switch (proofs.of(route.endpoint())) {
                case Proof.Given(var now) -> {
                    if (hasMoved(route, now.addresses())) {
                        return new Outcome.Disowned(MOVED);
                    }
                }
                case Proof.Missing _ -> areAllThere = false;
                case Proof.Forbidden(var why) -> {
                    return new Outcome.Disowned(Objects.toString(why.getMessage()));
                }
                case Proof.Foreign(var why) -> {
                    return new Outcome.Disowned(Objects.toString(why.getMessage()));
                }
            }
        }
        var told = proofs.reachability();
        return areAllThere && told.reachable()
                ? new Outcome.Proved(proofs.routes().size() > admission.routes().size())
                : new Outcome.Unreachable(told.tried(), told.advice(), told.reachable());
    }

    /** A name may have several addresses, in any order; but the one by which the peer's place is known has to be among them. */
    private static boolean hasMoved(Route route, List<InetAddress> addresses) {
        return !addresses.contains(route.address());
    }

    @Override
    public Outcome fetch(Peer peer, Representation representation, int piece) {
        Outcome worst = null;
        for (Route route : peer.admission().routes()) {
            var outcome = fetch(peer, route, representation, piece);
            worst = worst == null || outcome.isFailure() || outcome instanceof Outcome.Full ? outcome : worst;
            if (worst.isFailure()) {
                break;
            }
        }
        return worst == null ? prove(peer) : worst;
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
            return unlessGone(peer, new Outcome.Failing("asked it for a piece: " + e.getMessage()));
        }
        if (hasMoved(route, answer.addresses())) {
            return new Outcome.Disowned(MOVED);
        }
        if (!answer.part()) {
            return answer.isBusy() ? new Outcome.Full() : unlessGone(peer, refusal(digest, answer));
        }
        return Sha256.of(hash.digest()).equals(representation.pieces().get(piece))
                ? new Outcome.Genuine()
                : new Outcome.Corrupt(digest, piece);
    }

    /** Whoever fails may not be there any more, or somebody else in its place: that is what it is told then. */
    private Outcome unlessGone(Peer peer, Outcome failure) {
        Outcome there = prove(peer);
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
