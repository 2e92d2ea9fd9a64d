package io.fingerpost.registry.admission;

import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.RequestRejected;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of asking each endpoint of a registration to prove itself.
 *
 * @param each in the registration's order, at least one
 */
public record Proofs(List<Proof> each) {
    public Proofs {
        each = List.copyOf(each);
    }

    /** Where clients may be sent; none if nobody answered anywhere. */
    public List<Route> routes() {
        var routes = new ArrayList<Route>();
        for (Proof proof : each) {
            if (proof instanceof Proof.Given(var route)) {
                routes.add(route);
            }
        }
        return routes;
    }

    /**
     * What the peer's owner is told.
     *
     * @throws RequestRejected if nothing but a refusal came of it: an endpoint among others that is refused is left out, and that is told
     */
    public Reachability reachability() {
        var tried = new ArrayList<String>();
        String advice = "";
        RequestRejected refusal = null;
        for (Proof proof : each) {
            switch (proof) {
                case Proof.Given _ -> {
                }
                case Proof.Missing(var what, var how) -> {
                    tried.add(what);
                    advice = advice.isEmpty() ? how : advice;
                }
                case Proof.Refused(var why) -> {
                    tried.add(String.valueOf(why.getMessage()));
                    refusal = why;
                }
            }
        }
        if (refusal != null && tried.size() == each.size() && advice.isEmpty()) {
            throw refusal;
        }
        return told(tried, advice.isEmpty() ? "advertise another URL" : advice);
    }

    private Reachability told(List<String> tried, String advice) {
        if (tried.isEmpty()) {
            return Reachability.YES;
        }
        String all = String.join("; ", tried);
        return tried.size() < each.size() ? Reachability.partly(all, advice) : Reachability.no(all, advice);
    }
}
