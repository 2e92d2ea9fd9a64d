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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    private static final long MAX_ANSWER = 4L << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final HttpClient http;
    private final URI discovery;
    private final JsonMapper json = WireJson.lenient();

    /** @param broker the one URL an agent is configured with */
    public RegistryClient(HttpClient http, URI broker) {
        this.http = http;
        this.discovery = broker.resolve(ApiPaths.ROOT);
    }

    public Discovery discover() throws IOException {
        return call(HttpRequest.newBuilder(discovery).GET(), Discovery.class);
    }

    /** Registers; the registry dials the endpoint back before it answers. */
    public LeaseGrant register(Registration registration, Optional<String> token) throws IOException {
        var request = request(ApiPaths.peers()).POST(body(registration));
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return call(request, LeaseGrant.class);
    }

    public LeaseRenewal heartbeat(LeaseGrant lease, Heartbeat heartbeat) throws IOException {
        return call(authorized(lease, ApiPaths.heartbeat(lease.peerId())).POST(body(heartbeat)), LeaseRenewal.class);
    }

    /** Says what is held; the answer tells a peer that fetches what to take next. */
    public Orders announce(LeaseGrant lease, HoldingsUpdate update) throws IOException {
        Orders orders = call(authorized(lease, ApiPaths.holdings(lease.peerId()))
                .POST(BodyPublishers.ofByteArray(update.bytes())), HoldingsUpdate.MEDIA_TYPE, TIMEOUT, Orders.class);
        return Objects.requireNonNullElse(orders, Orders.NONE);
    }

    /** Joins those that fetch {@code resource}; refused with 404 when the registry does not know what it is, or does not let it be shared. */
    public Plan plan(LeaseGrant lease, PlanRequest request) throws IOException {
        return call(authorized(lease, ApiPaths.plan(lease.peerId())).POST(body(request)), Plan.class);
    }

    /** Waits for what to fetch next; empty if nothing came up in {@link OrdersRequest#LONGEST_WAIT_SECONDS}. */
    public Orders orders(LeaseGrant lease, OrdersRequest request) throws IOException {
        return call(authorized(lease, ApiPaths.orders(lease.peerId())).POST(body(request)), "application/json",
                TIMEOUT.plusSeconds(OrdersRequest.LONGEST_WAIT_SECONDS), Orders.class);
    }

    /** Ends the lease: no client is sent here any more. */
    public void goodbye(LeaseGrant lease) throws IOException {
        call(authorized(lease, ApiPaths.peer(lease.peerId())).DELETE(), null);
    }

    /** Tells of peers that failed; what becomes of it, nobody is told. */
    public void report(List<FailureReport> reports) throws IOException {
        call(request(ApiPaths.reports()).POST(body(reports)), FailureReport.MEDIA_TYPE, TIMEOUT, null);
    }

    /** The piece hashes of a digest, and the headers of any resource that it is. */
    public Representation representation(Sha256 digest) throws IOException {
        return call(request(ApiPaths.representation(digest)).GET(), Representation.class);
    }

    /** The piece hashes of a digest and the headers of the resource that it is wanted for, from the side that is trusted. */
    public Representation representation(Sha256 digest, String resource) throws IOException {
        return call(request(ApiPaths.representation(digest, resource)).GET(), Representation.class);
    }

    private HttpRequest.Builder authorized(LeaseGrant lease, String path) throws IOException {
        return request(path).header("Authorization", "Bearer " + lease.secret());
    }

    private volatile @Nullable URI api;

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(URI.create(api() + path));
    }

    private URI api() throws IOException {
        var known = api;
        if (known == null) {
            known = registry(discover().registry());
            api = known;
        }
        return known;
    }

    private URI registry(String place) throws IOException {
        try {
            return HttpRequest.newBuilder(discovery.resolve(place)).build().uri(); // takes nothing but HTTP URLs
        } catch (IllegalArgumentException e) {
            throw new IOException("the discovery document names no registry: '" + place + "'", e);
        }
    }

    private HttpRequest.BodyPublisher body(Object value) {
        return BodyPublishers.ofByteArray(json.writeValueAsBytes(value));
    }

    private <T> T call(HttpRequest.Builder request, @Nullable Class<T> answer) throws IOException {
        return call(request, "application/json", TIMEOUT, answer);
    }

    private <T> T call(HttpRequest.Builder request, String mediaType, Duration timeout, @Nullable Class<T> answer)
            throws IOException {
        var response = Exchange.send(http, request.header("Content-Type", mediaType).timeout(timeout).build(),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER));
        if (response.statusCode() >= 300) {
            throw new RegistryRefused(problem(response));
        }
        return read(response, answer);
    }

    @SuppressWarnings("NullAway") // a call without an answer gives none
    private <T> T read(HttpResponse<byte[]> response, @Nullable Class<T> answer) throws IOException {
        if (answer == null || response.statusCode() == 204) {
            return null;
        }
        try {
            return WireJson.read(json, response.body(), answer);
        } catch (JacksonException e) {
            throw new IOException("the registry's answer makes no sense: " + e.getOriginalMessage(), e);
        }
    }

    private Problem problem(HttpResponse<byte[]> response) {
        try {
            return WireJson.read(json, response.body(), Problem.class);
        } catch (JacksonException e) {
            return Problem.of(response.statusCode(), "no-registry",
                    "the answer is not one of a Fingerpost registry; is the broker's URL right?");
        }
    }
}
