package io.fingerpost.agent.gateway;

import io.fingerpost.agent.fetch.BrokerClient;
import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.fetch.Fetcher;
import io.fingerpost.agent.serve.BlobResponse;
import io.fingerpost.agent.serve.Problems;
import io.fingerpost.agent.serve.SendProgress;
import io.fingerpost.agent.serve.Uplink;
import io.fingerpost.agent.store.Blob;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.undertow.io.UndertowOutputStream;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * Serves programs on this machine with the broker's resources: GETs of whole resources through store and peers, anything
 * else by the origin. Bytes are passed on in order as they are verified.
 */
public final class GatewayHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayHandler.class);
    private static final HttpString CACHE_STATUS = new HttpString("Cache-Status");
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);
    /** Requests at a time; each may hold a buffer and a connection. */
    private static final int MAX_REQUESTS = 256;
    /** Fields that make a request something else than "give me the whole resource". */
    private static final List<String> SPECIAL = List.of("Authorization", "Cookie", "If-None-Match", "If-Modified-Since",
            "If-Match", "If-Unmodified-Since", "If-Range", "Range", "Sec-GPC");
    /** Fields of one connection (RFC 9110 §7.6.1), and those that the HTTP client sets itself. */
    private static final Set<String> NOT_FORWARDED = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade", "http2-settings", "proxy-authorization", "host",
            "content-length", "expect", "cache-control", "accept-encoding");
    private static final Set<String> NOT_RETURNED = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade", ":status");

    private final Fetcher fetcher;
    private final BrokerClient broker;
    private final ExecutorService threads;
    private final Semaphore places = new Semaphore(MAX_REQUESTS);
    /** Nothing of this leaves the machine. */
    private final Uplink line = Uplink.unlimited();

    /** @param threads on which requests wait */
    public GatewayHandler(Fetcher fetcher, BrokerClient broker, ExecutorService threads) {
        this.fetcher = fetcher;
        this.broker = broker;
        this.threads = threads;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        var method = exchange.getRequestMethod();
        if (!method.equals(Methods.GET) && !method.equals(Methods.HEAD)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD");
            Problems.send(exchange, 405, "method-not-allowed", "the gateway fetches: GET and HEAD");
        } else if (!isResource(exchange)) {
            Problems.send(exchange, 400, "bad-path",
                    "a path and query of the broker's site are wanted, properly encoded");
        } else if (!places.tryAcquire()) {
            Problems.send(exchange, 503, "busy", "too many requests at a time; try again");
        } else {
            exchange.addExchangeCompleteListener((_, next) -> {
                places.release();
                next.proceed();
            });
            exchange.dispatch(threads, () -> answer(exchange));
        }
    }

    private void answer(HttpServerExchange exchange) {
        try {
            String resource = resource(exchange);
            if (isPlainGet(exchange)) {
                answerWhole(exchange, resource);
            } else {
                answerSpecial(exchange, resource);
            }
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("cannot answer");
            cutOrTell(exchange, 502, "broker-unreachable", "no answer through the broker: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("gateway request failed by a bug", e);
            cutOrTell(exchange, 500, "internal", "this is a bug of the agent, and it was logged");
        }
    }

    /** An answer that has begun cannot be taken back: then the cut connection says that it is incomplete. */
    private static void cutOrTell(HttpServerExchange exchange, int status, String kind, String detail) {
        if (exchange.isResponseStarted()) {
            IoUtils.safeClose(exchange.getConnection());
            exchange.endExchange();
        } else {
            exchange.getResponseHeaders().clear();
            if (exchange.isBlocking() && exchange.getOutputStream() instanceof UndertowOutputStream body) {
                body.resetBuffer(); // what was to be the answer and was not sent yet
            }
            Problems.send(exchange, status, kind, detail);
        }
    }

    /** Only the origin form (RFC 9112 §3.2.1), and only what stands in a URL: it is put behind the broker's name as it is. */
    private static boolean isResource(HttpServerExchange exchange) {
        try {
            return !exchange.isHostIncludedInRequestURI()
                    && URI.create("http://broker" + resource(exchange)).getHost() != null
                    && exchange.getRequestURI().startsWith("/");
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String resource(HttpServerExchange exchange) {
        String query = exchange.getQueryString();
        return exchange.getRequestURI() + (query.isEmpty() ? "" : "?" + query);
    }

    private static boolean isPlainGet(HttpServerExchange exchange) {
        var fields = exchange.getRequestHeaders();
        String cacheControl = fields.getFirst(Headers.CACHE_CONTROL);
        boolean insists = cacheControl != null && cacheControl.toLowerCase(Locale.ROOT).contains("no-cache");
        return exchange.getRequestMethod().equals(Methods.GET) && !insists
                && SPECIAL.stream().noneMatch(fields::contains);
    }

    private void answerWhole(HttpServerExchange exchange, String resource) throws IOException {
        switch (fetcher.fetch(resource, forwarded(exchange))) {
            case Held(var blob) -> {
                exchange.getResponseHeaders().put(CACHE_STATUS, "fingerpost-agent; hit");
                BlobResponse.send(exchange, blob.open(), line, SendProgress.UNWATCHED);
            }
            case Running running -> stream(exchange, resource, running);
            case Passed(var answer) -> pass(exchange, answer);
        }
    }

    /** Only a range of what is stored is served here; everything else out of the ordinary is the origin's to answer. */
    private void answerSpecial(HttpServerExchange exchange, String resource) throws IOException {
        var fields = exchange.getRequestHeaders();
        boolean onlyRange = fields.contains(Headers.RANGE)
                && SPECIAL.stream().filter(name -> !name.equals("Range")).noneMatch(fields::contains);
        var stored = onlyRange ? fetcher.revalidated(resource) : Optional.<Blob>empty();
        if (stored.isPresent()) {
            exchange.getResponseHeaders().put(CACHE_STATUS, "fingerpost-agent; hit");
            BlobResponse.send(exchange, stored.get().open(), line, SendProgress.UNWATCHED);
            return;
        }
        pass(exchange, broker.fromOrigin(exchange.getRequestMethod().toString(), resource, forwarded(exchange)));
    }

    private static Map<String, String> forwarded(HttpServerExchange exchange) {
        var fields = new HashMap<String, String>();
        var connection = Optional.<List<String>>ofNullable(exchange.getRequestHeaders().get(Headers.CONNECTION))
                .orElse(List.of());
        for (HeaderValues values : exchange.getRequestHeaders()) {
            String name = values.getHeaderName().toString();
            if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT)) && !isNamed(name, connection)) {
                fields.put(name, String.join(", ", values));
            }
        }
        return fields;
    }

    /** Whether a `Connection` field makes a field one of its connection only. */
    private static boolean isNamed(String name, List<String> connection) {
        return connection.stream().flatMap(line -> Arrays.stream(line.split(",")))
                .anyMatch(option -> option.strip().equalsIgnoreCase(name));
    }

    private void stream(HttpServerExchange exchange, String resource, Running running) throws IOException {
        var transfer = running.transfer();
        var fields = exchange.getResponseHeaders();
        transfer.headers().forEach((name, value) -> fields.put(new HttpString(name), value));
        transfer.digest().ifPresent(digest -> fields.put(REPR_DIGEST, DigestField.format(digest)));
        fields.put(CACHE_STATUS, "fingerpost-agent; fwd=uri-miss; stored");
        exchange.setResponseContentLength(transfer.size());
        exchange.startBlocking();
        fetcher.copy(resource, running, exchange.getOutputStream());
        exchange.endExchange();
    }

    private static void pass(HttpServerExchange exchange, HttpResponse<InputStream> answer) throws IOException {
        try (InputStream body = answer.body()) {
            exchange.setStatusCode(answer.statusCode());
            var connection = answer.headers().allValues("Connection");
            answer.headers().map().forEach((name, values) -> {
                if (!NOT_RETURNED.contains(name.toLowerCase(Locale.ROOT)) && !isNamed(name, connection)) {
                    values.forEach(value -> exchange.getResponseHeaders().add(new HttpString(name), value));
                }
            });
            exchange.getResponseHeaders().put(CACHE_STATUS, "fingerpost-agent; fwd=bypass");
            exchange.startBlocking();
            if (!exchange.getRequestMethod().equals(Methods.HEAD)) {
                markTheEnd(exchange);
                body.transferTo(exchange.getOutputStream());
            }
        }
        exchange.endExchange();
    }

    /** Without it, a body of unknown length may end where the connection does, and a cut one looks complete. */
    private static void markTheEnd(HttpServerExchange exchange) {
        var fields = exchange.getResponseHeaders();
        if (exchange.isHttp11() && !fields.contains(Headers.CONTENT_LENGTH)
                && Connectors.isEntityBodyAllowed(exchange)) {
            fields.put(Headers.TRANSFER_ENCODING, "chunked");
        }
    }
}
