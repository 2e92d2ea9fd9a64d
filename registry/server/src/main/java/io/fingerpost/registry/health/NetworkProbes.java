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
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

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

    @Override
    public Outcome prove(Peer peer) {
        try {
            return switch (prover.prove(peer.admission().registration())) {
                case Proof.Given(var addresses) -> hasMoved(peer, addresses) ? moved() : new Outcome.Proved();
                case Proof.Missing(var tried, var advice) -> new Outcome.Unreachable(tried, advice);
            };
        } catch (RequestRejected e) {
            return new Outcome.Disowned(String.valueOf(e.getMessage()));
        }
    }

    /** A name may have several addresses, in any order; but the one by which the peer's place is known has to be among them. */
    private static boolean hasMoved(Peer peer, List<InetAddress> addresses) {
        return peer.admission().isProved() && !addresses.contains(peer.admission().address());
    }

    private static Outcome moved() {
        return new Outcome.Disowned("its name resolves to another address now");
    }

    @Override
    public Outcome fetch(Peer peer, Representation representation, int piece) {
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
            answer = dialler.getPart(peer.endpoint(), path, part, representation.size(), hash,
                    time.compareTo(LONGEST) < 0 ? time : LONGEST);
        } catch (RequestRejected e) {
            return new Outcome.Disowned(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return unlessGone(peer, new Outcome.Failing("asked it for a piece: " + e.getMessage()));
        }
        if (hasMoved(peer, answer.addresses())) {
            return moved();
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
