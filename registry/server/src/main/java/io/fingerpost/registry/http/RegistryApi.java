package io.fingerpost.registry.http;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Discovery;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.OpenApiPage;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.PlanRequest;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.health.Reports;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.representation.ResourceNames;
import io.fingerpost.registry.swarm.Swarms;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.PathTemplateMatch;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The registry over HTTP: everything below {@link ApiPaths#ROOT}. What may wait does so on virtual threads. */
public final class RegistryApi implements HttpHandler, AutoCloseable {
    /** Requests at a time; most are done within microseconds, registrations wait for the endpoint's proof. */
    private static final int MAX_CONCURRENT = 1_024;
    private static final String REPORTS = ApiPaths.EMBEDDED + ApiPaths.reports();
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final String PEERS = ApiPaths.EMBEDDED + ApiPaths.peers();
    private static final String PEER = PEERS + "/{id}";

    private final Registry registry;
    private final Swarms swarms;
    private final ResourceNames names;
    private final Reports reports;
    private final Body body = new Body();
    private final byte[] page = OpenApiPage.bytes();
    private final List<String> routes = new ArrayList<>();
    private final VirtualThreadHandler waiting;
    private final Fetching fetching;
    private final HttpHandler handler;

    /** @param names of the resources that agents ask about by their URLs */
    public RegistryApi(Registry registry, Swarms swarms, ResourceNames names, Reports reports) {
        this.swarms = swarms;
        this.reports = reports;
        this.registry = registry;
        this.names = names;
        this.waiting = new VirtualThreadHandler("registry-api-", MAX_CONCURRENT, routes());
        this.fetching = new Fetching(exchange -> registry.fetch(peer(exchange)), MAX_CONCURRENT);
        this.handler = new ListedRoutes(routes)
                .post(PEER + "/heartbeat", atHand(this::heartbeat))
                .post(PEER + "/orders", atHand(this::orders))
                .setFallbackHandler(new SharedPlaces(MAX_CONCURRENT / 4, waiting))
                .setInvalidMethodHandler(new ErrorHandler(RegistryApi::refuseMethod));
    }

    /** On the I/O thread if the peer is at hand, which is nearly always; else only after it was brought there. */
    private HttpHandler atHand(HttpHandler handler) {
        var here = new ErrorHandler(handler);
        return new ErrorHandler(exchange -> {
            if (registry.isAtHand(peer(exchange))) {
                here.handleRequest(exchange);
            } else {
                fetching.then(exchange, here);
            }
        });
    }

    /** Of what may wait, and of everything else. */
    private RoutingHandler routes() {
        return new ListedRoutes(routes)
                .get(ApiPaths.ROOT, this::discover)
                .get(ApiPaths.EMBEDDED + ApiPaths.openApi(), this::openApi)
                .post(PEERS, this::register)
                .post(PEER + "/holdings", this::announce)
                .post(PEER + "/plan", this::plan)
                .delete(PEER, this::goodbye)
                .post(REPORTS, this::report)
                .add(Methods.OPTIONS, REPORTS, RegistryApi::allowReports)
                .get(ApiPaths.EMBEDDED + "/representations/{digest}", this::representation)
                .setInvalidMethodHandler(RegistryApi::refuseMethod)
                .setFallbackHandler(_ -> {
                    throw new RequestRejected(404, "no-such-path", "the registry has nothing here");
                });
    }

    /** Method and path of each, as the written contract has them. */
    List<String> listedRoutes() {
        return List.copyOf(routes);
    }

    private static void refuseMethod(HttpServerExchange exchange) {
        throw new RequestRejected(405, "method-not-allowed",
                exchange.getRequestMethod() + " is not what this path takes");
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        handler.handleRequest(exchange);
    }

    private void discover(HttpServerExchange exchange) {
        body.write(exchange, 200, new Discovery(registry.config().places(), registry.terms()));
    }

    private void openApi(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, OpenApiPage.MEDIA_TYPE);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseSender().send(ByteBuffer.wrap(page));
    }

    private void register(HttpServerExchange exchange) throws IOException {
        var registration = body.readJson(exchange, Registration.class);
        body.write(exchange, 201, registry.register(registration, bearer(exchange),
                exchange.getSourceAddress().getAddress()));
    }

    /** By far the most frequent, and done in memory: on the I/O thread. */
    private void heartbeat(HttpServerExchange exchange) {
        PeerId peer = peer(exchange);
        String secret = secret(exchange);
        body.receiveJson(exchange, Heartbeat.class,
                heartbeat -> body.write(exchange, 200, registry.heartbeat(peer, secret, heartbeat)));
    }

    private void announce(HttpServerExchange exchange) throws IOException {
        PeerId peer = fetched(exchange);
        String secret = secret(exchange);
        Orders orders = swarms.announced(peer, secret, body.readHoldings(exchange));
        body.write(exchange, orders.orders().isEmpty() ? 204 : 200, orders.orders().isEmpty() ? null : orders);
    }

    private void plan(HttpServerExchange exchange) throws IOException {
        PeerId peer = fetched(exchange);
        String secret = secret(exchange);
        ResourceId resource = resource(exchange, body.readJson(exchange, PlanRequest.class).resource());
        body.write(exchange, 200, swarms.plan(peer, secret, resource));
    }

    /** May be answered much later, and takes only memory until then. */
    private void orders(HttpServerExchange exchange) {
        PeerId peer = peer(exchange);
        String secret = secret(exchange);
        body.receiveJson(exchange, OrdersRequest.class, request -> exchange.dispatch(SameThreadExecutor.INSTANCE,
                () -> new ErrorHandler(_ -> swarms.orders(peer, secret, request, orders -> answer(exchange, orders)))
                        .handleRequest(exchange)));
    }

    private void answer(HttpServerExchange exchange, Orders orders) {
        exchange.getIoThread().execute(() -> body.write(exchange, 200, orders));
    }

    /** The answer is the same whatever becomes of them: nobody learns from it how to be believed. */
    private void report(HttpServerExchange exchange) throws IOException {
        InetAddress from = exchange.getSourceAddress().getAddress();
        body.readReports(exchange).forEach(report -> reports.receive(report, from));
        exchange.getResponseHeaders().put(ALLOW_ORIGIN, "*");
        body.write(exchange, 204, null);
    }

    /** For pages of other origins: this media type makes browsers ask first (Fetch standard, CORS-preflight). */
    private static void allowReports(HttpServerExchange exchange) {
        var fields = exchange.getResponseHeaders();
        fields.put(ALLOW_ORIGIN, "*");
        fields.put(new HttpString("Access-Control-Allow-Methods"), "POST");
        fields.put(new HttpString("Access-Control-Allow-Headers"), "content-type");
        fields.put(new HttpString("Access-Control-Max-Age"), "7200");
        exchange.setStatusCode(204);
    }

    private void goodbye(HttpServerExchange exchange) {
        registry.goodbye(fetched(exchange), secret(exchange));
        body.write(exchange, 204, null);
    }

    private void representation(HttpServerExchange exchange) {
        body.write(exchange, 200,
                registry.representation(parameter(exchange, "digest", Sha256::parse), resource(exchange)));
    }

    private Optional<ResourceId> resource(HttpServerExchange exchange) {
        var named = exchange.getQueryParameters().get("resource");
        if (named == null) {
            return Optional.empty();
        }
        return Optional.of(resource(exchange, decoded(named.getFirst())));
    }

    private ResourceId resource(HttpServerExchange exchange, String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        return names.name(host, path, query < 0 ? "" : target.substring(query + 1)).orElseThrow(
                () -> new RequestRejected(421, "unknown-site", "this broker has no such site"));
    }

    private static String decoded(String parameter) {
        try {
            return URLDecoder.decode(parameter, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new RequestRejected(400, "bad-path", "resource: not percent-encoded properly");
        }
    }

    /** The peer, whose lease is at hand then if there is one. */
    private PeerId fetched(HttpServerExchange exchange) {
        PeerId peer = peer(exchange);
        registry.fetch(peer);
        return peer;
    }

    private static PeerId peer(HttpServerExchange exchange) {
        return parameter(exchange, "id", PeerId::new);
    }

    private static <T> T parameter(HttpServerExchange exchange, String name, Function<String, T> parse) {
        var match = exchange.getAttachment(PathTemplateMatch.ATTACHMENT_KEY);
        try {
            return parse.apply(match.getParameters().getOrDefault(name, ""));
        } catch (IllegalArgumentException e) {
            throw new RequestRejected(400, "bad-path", name + ": " + e.getMessage());
        }
    }

    private static String secret(HttpServerExchange exchange) {
        return bearer(exchange).orElseThrow(() -> new RequestRejected(401, "secret-missing",
                "the lease's secret is wanted as 'Authorization: Bearer …'"));
    }

    private static Optional<String> bearer(HttpServerExchange exchange) {
        String field = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
        return field != null && field.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(field.substring(7).strip())
                : Optional.empty();
    }

    @Override
    public void close() {
        waiting.close();
        fetching.close();
    }
}
