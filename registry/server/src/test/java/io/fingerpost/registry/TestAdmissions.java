package io.fingerpost.registry;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.store.Admission;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;

/** Admissions of peers that a test puts into a store by itself. */
public final class TestAdmissions {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("::1");
    private static final PeerKey KEY = new PeerKey("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    private static final Sha256 SECRET_HASH = Sha256.digestOf(new byte[] {3});

    private TestAdmissions() {}

    public static Admission of(PeerEndpoint endpoint, boolean superNode, Reach reach, UploadBudget budget) {
        return of(endpoint, superNode, switch (reach) {
            case IPV4 -> List.of(IPV4);
            case IPV6 -> List.of(IPV6);
            case BOTH -> List.of(IPV4, IPV6);
        }, budget);
    }

    public static Admission of(PeerEndpoint endpoint, boolean superNode, List<InetAddress> addresses,
            UploadBudget budget) {
        return of(List.of(endpoint), superNode,
                addresses.isEmpty() ? List.of() : List.of(new Route(endpoint, addresses)), budget);
    }

    /** One of which all endpoints proved themselves. */
    public static Admission of(List<Route> routes, boolean superNode, UploadBudget budget) {
        return of(routes.stream().map(Route::endpoint).toList(), superNode, routes, budget);
    }

    /** @param routes those of the endpoints that proved themselves */
    public static Admission of(List<PeerEndpoint> endpoints, boolean superNode, List<Route> routes,
            UploadBudget budget) {
        var registration = new Registration(KEY, endpoints, "DGyRejmCefe7v4NfDGDKfA", budget, UploadReport.IDLE);
        return new Admission(registration, superNode, "", SECRET_HASH, IPV4, routes, Instant.EPOCH);
    }
}
