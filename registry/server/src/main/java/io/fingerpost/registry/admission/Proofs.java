package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.RequestRejected;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What came of asking each endpoint of a registration to prove itself.
 *
 * @param each in the registration's order, at least one
 */
public record Proofs(SequencedMap<PeerEndpoint, Proof> each) {
    public Proofs {
        each = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(each));
    }

    /** What came of one of the endpoints. */
    public Proof of(PeerEndpoint endpoint) {
        return Objects.requireNonNull(each.get(endpoint));
    }

    /** Where clients may be sent; none if nothing proved itself. */
    public List<Route> routes() {
        return of(Proof.Given.class).stream().map(Proof.Given::route).toList();
    }

    private <T extends Proof> List<T> of(Class<T> kind) {
        return each.values().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /**
     * Why the peer is not taken at all; empty if it may be. Whoever has proved something may have claimed too much besides. Else it must
     * not have named what is somebody else's, which would be asked again and again; nor only what must not be asked.
     */
    public Optional<RequestRejected> refusal() {
        if (!routes().isEmpty()) {
            return Optional.empty();
        }
        var foreign = of(Proof.Foreign.class).stream().map(Proof.Foreign::why).findFirst();
        return foreign.isPresent() || !of(Proof.Missing.class).isEmpty()
                ? foreign
                : of(Proof.Forbidden.class).stream().map(Proof.Forbidden::why).findFirst();
    }

    /** What the peer's owner is told. */
    public Reachability reachability() {
        var tried = new ArrayList<String>();
        for (Proof proof : each.values()) {
            switch (proof) {
                case Proof.Given _ -> {
                }
                case Proof.Missing(var what, _) -> tried.add(what);
                case Proof.Forbidden(var why) -> tried.add(Objects.toString(why.getMessage()));
                case Proof.Foreign(var why) -> tried.add(Objects.toString(why.getMessage()));
            }
        }
        if (tried.isEmpty()) {
            return Reachability.YES;
        }
        String all = String.join("; ", tried);
        String advice = of(Proof.Missing.class).stream().map(Proof.Missing::advice).findFirst()
                .orElse("advertise another URL");
        return routes().isEmpty() ? Reachability.no(all, advice) : Reachability.partly(all, advice);
    }
}
