package io.fingerpost.contract.client;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Discovery;
import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseRenewal;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.Plan;
import io.fingerpost.contract.api.PlanRequest;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to a registry over HTTP, blocking; meant for virtual threads.
 *
 * <p>Every call throws {@link RegistryRefused} when the registry says no and another {@link IOException} when it cannot
 * be asked. The registry is found by the broker's discovery document.
 */
public final class RegistryClient {
    /** Largest answer that is read: a representation of 65,536 pieces is below 3 MiB. */
    private static final int MAX_ANSWER = 4 << 20;
    /** What a registry says that cannot answer, but another might (RFC 9110 §15.6). */
    private static final Set<Integer> UNABLE = Set.of(502, 503, 504);
    /** A kept connection may begin at an address that this machine has no more. */
    private static final Duration GOODBYE = Duration.ofSeconds(3);

    private final Optional<SSLContext> tls;
    private final URI discovery;
    private final JsonMapper json = WireJson.lenient();
    private volatile @Nullable Places known;

    /** @param broker the one URL an agent is configured with */
    public RegistryClient(URI broker) {
        this(broker, Optional.empty());
    }

    /** @param tls whom to trust, if not those whom the system trusts */
    public RegistryClient(URI broker, Optional<SSLContext> tls) {
        this.discovery = broker.resolve(ApiPaths.ROOT);
        this.tls = tls;
    }

    public Discovery discover() throws IOException {
        return call(Call.get(discovery), Discovery.class);
    }

    /** Registers; the registry dials the endpoint back before it answers. */
    public LeaseGrant register(Registration registration, Optional<String> token) throws IOException {
        return ask(ApiPaths.peers(), url -> Call.post(url, body(registration)).bearing(token), LeaseGrant.class);
    }

    public LeaseRenewal heartbeat(LeaseGrant lease, Heartbeat heartbeat) throws IOException {
        return ask(ApiPaths.heartbeat(lease.peerId()), url -> post(lease, url, body(heartbeat)), LeaseRenewal.class);
    }

    /** Says what is held; the answer tells a peer that fetches what to take next. */
    public Orders announce(LeaseGrant lease, HoldingsUpdate update) throws IOException {
        Orders orders = ask(ApiPaths.holdings(lease.peerId()),
                url -> post(lease, url, update.bytes()).as(HoldingsUpdate.MEDIA_TYPE), Orders.class);
        return Objects.requireNonNullElse(orders, Orders.NONE);
    }

    /** Joins those that fetch {@code resource}; refused with 404 when the registry does not know what it is, or does not let it be shared. */
    public Plan plan(LeaseGrant lease, PlanRequest request) throws IOException {
        Plan plan = ask(ApiPaths.plan(lease.peerId()), url -> post(lease, url, body(request)), Plan.class);
        if (plan == null) {
            throw new IOException("the registry's answer makes no sense: no plan");
        }
        return plan;
    }

    /** Waits for what to fetch next; empty if nothing came up in {@link OrdersRequest#LONGEST_WAIT_SECONDS}. */
    public Orders orders(LeaseGrant lease, OrdersRequest request) throws IOException {
        Orders orders = ask(ApiPaths.orders(lease.peerId()), url -> post(lease, url, body(request))
                .within(Call.TIMEOUT.plusSeconds(OrdersRequest.LONGEST_WAIT_SECONDS)), Orders.class);
        return Objects.requireNonNullElse(orders, Orders.NONE);
    }

    /** Ends the lease: no client is sent here any more. Does not wait long: without it, the lease runs out. */
    public void goodbye(LeaseGrant lease) throws IOException {
        ask(ApiPaths.peer(lease.peerId()),
                url -> Call.delete(url).bearing(Optional.of(lease.secret())).within(GOODBYE), null);
    }

    /** Tells of peers that failed; what becomes of it, nobody is told. */
    public void report(List<FailureReport> reports) throws IOException {
        ask(ApiPaths.reports(), url -> Call.post(url, body(reports)).as(FailureReport.MEDIA_TYPE), null);
    }

    /** The piece hashes of a digest, and the headers of any resource that it is. */
    public Representation representation(Sha256 digest) throws IOException {
        return ask(ApiPaths.representation(digest), Call::get, Representation.class);
    }

    /** The piece hashes of a digest and the headers of the resource that it is wanted for, from the side that is trusted. */
    public Representation representation(Sha256 digest, String resource) throws IOException {
        return ask(ApiPaths.representation(digest, resource), Call::get, Representation.class);
    }

    private static Call post(LeaseGrant lease, URI url, byte[] body) {
        return Call.post(url, body).bearing(Optional.of(lease.secret()));
    }

    /** Asks one registry after the other until one can answer. When none can, they may have moved. */
    private <T> T ask(String path, Function<URI, Call> calling, @Nullable Class<T> answer) throws IOException {
        Places places = places();
        for (int left = places.count(); true; left--) {
            URI place = places.current();
            try {
                return call(calling.apply(URI.create(place + path)), answer);
            } catch (RegistryRefused e) {
                if (!UNABLE.contains(e.problem().status())) {
                    throw e;
                }
                if (left == 1) {
                    known = null;
                    throw e;
                }
            } catch (IOException e) {
                if (left == 1 || Thread.currentThread().isInterrupted()) {
                    known = null;
                    throw e;
                }
            }
            places.failed(place);
        }
    }

    private Places places() throws IOException {
        Places found = known;
        if (found == null) {
            List<URI> all = new ArrayList<>();
            for (String place : discover().registries()) {
                all.add(registry(place));
            }
            found = new Places(all);
            known = found;
        }
        return found;
    }

    private URI registry(String place) throws IOException {
        try {
            return HttpRequest.newBuilder(discovery.resolve(place)).build().uri(); // takes nothing but HTTP URLs
        } catch (IllegalArgumentException e) {
            throw new IOException("the discovery document names no registry: '" + place + "'", e);
        }
    }

    private byte[] body(Object value) {
        return json.writeValueAsBytes(value);
    }

    private <T> T call(Call call, @Nullable Class<T> answer) throws IOException {
        var response = call.send(tls, MAX_ANSWER);
        if (response.status() >= 300) {
            throw new RegistryRefused(problem(response));
        }
        return read(response, answer);
    }

    @SuppressWarnings("NullAway") // a call without an answer gives none
    private <T> T read(Call.Answer response, @Nullable Class<T> answer) throws IOException {
        if (answer == null || response.status() == 204) {
            return null;
        }
        try {
            return WireJson.read(json, response.body(), answer);
        } catch (JacksonException e) {
            throw new IOException("the registry's answer makes no sense: " + e.getOriginalMessage(), e);
        }
    }

    private Problem problem(Call.Answer response) {
        try {
            return WireJson.read(json, response.body(), Problem.class);
        } catch (JacksonException e) {
            return Problem.of(response.status(), "no-registry",
                    "the answer is not one of a Fingerpost registry; is the broker's URL right?");
        }
    }
}
