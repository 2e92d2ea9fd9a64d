package io.fingerpost.agent.gateway;

import io.fingerpost.agent.fetch.BrokerClient;
import io.fingerpost.agent.fetch.Fetched;
import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.fetch.Fetcher;
import io.fingerpost.agent.fetch.Stored;
import io.fingerpost.agent.serve.BlobResponse;
import io.fingerpost.agent.serve.Problems;
import io.fingerpost.agent.serve.SendProgress;
import io.fingerpost.agent.serve.Sending;
import io.fingerpost.agent.serve.Uplink;
import io.fingerpost.agent.store.Blob;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.Span;
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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * Serves programs on this machine with the broker's resources, as a cache of what everybody may have (RFC 9111) that fetches from
 * peers: files and parts of them, conditional requests, and HEAD. What is one's own is the origin's to answer. Bytes are passed on in
 * order as they are verified, while the rest is on its way.
 */
public final class GatewayHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayHandler.class);
    private static final HttpString CACHE_STATUS = new HttpString("Cache-Status");
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);
    /** Requests at a time; each may hold a buffer and a connection. */
    private static final int MAX_REQUESTS = 256;
    /** What a proxy is asked for: host and port, and path. */
    private static final Pattern ABSOLUTE = Pattern.compile("http://([^/?#@]+)(.*)", Pattern.CASE_INSENSITIVE);
    /** Fields of one connection (RFC 9110 §7.6.1), and those that the HTTP client sets itself. */
    private static final Set<String> NOT_FORWARDED = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade", "http2-settings", "proxy-authorization", "host",
            "content-length", "expect", "cache-control", "accept-encoding");
    private static final Set<String> NOT_RETURNED = Set.of("connection", "keep-alive", "proxy-connection", "te",
            "trailer", "transfer-encoding", "upgrade", ":status");

    private final Fetcher fetcher;
    private final BrokerClient broker;
    private final ExecutorService threads;
    private final Set<String> proxied;
    private final Semaphore places = new Semaphore(MAX_REQUESTS);
    /** Nothing of this leaves the machine. */
    private final Uplink line = Uplink.unlimited();

    /**
     * @param threads on which requests wait
     * @param proxied hosts, with their ports if those are not the usual, whose URLs a program may ask for as of a proxy: they are
     *        the broker's site under other names
     */
    public GatewayHandler(Fetcher fetcher, BrokerClient broker, ExecutorService threads, Set<String> proxied) {
        this.proxied = proxied;
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
        } else if (exchange.isHostIncludedInRequestURI() && !isProxied(exchange)) {
            Problems.send(exchange, 403, "not-proxied", "the gateway is a proxy for the hosts of proxy-for only");
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
            answer(exchange, resource(exchange), Wanted.by(exchange));
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("cannot answer");
            cutOrTell(exchange, 502, "broker-unreachable", "no answer through the broker: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("gateway request failed by a bug", e);
            cutOrTell(exchange, 500, "internal", "this is a bug of the agent, and it was logged");
        }
    }

    private void answer(HttpServerExchange exchange, String resource, Wanted wanted) throws IOException {
        if (wanted.bypasses()) {
            pass(exchange, fromOrigin(exchange, resource));
            return;
        }
        var fresh = fetcher.stored().fresh(resource).filter(stored -> wanted.takes(stored.age()));
        if (fresh.isPresent()) {
            sendStored(exchange, fresh.get(), "");
        } else if (wanted.onlyIfCached()) {
            Problems.send(exchange, 504, "not-stored", "nothing is stored of it that could be used without asking");
        } else {
            askOrUseStale(exchange, resource, wanted);
        }
    }

    /** Sends what was found. */
    private interface Answer {
        void send() throws IOException;
    }

    /** Old is better than nothing, unless the origin forbids it. */
    private void askOrUseStale(HttpServerExchange exchange, String resource, Wanted wanted) throws IOException {
        Answer answer;
        try {
            answer = ask(exchange, resource, wanted);
        } catch (IOException e) {
            var stale = fetcher.stored().stale(resource).orElseThrow(() -> e);
            answer = () -> sendStored(exchange, stale, "; detail=broker-unreachable");
        }
        answer.send();
    }

    private Answer ask(HttpServerExchange exchange, String resource, Wanted wanted) throws IOException {
        if (wanted.isPlain()) {
            return answer(exchange, resource, fetcher.fetch(resource, forwarded(exchange)), wanted);
        }
        var stored = fetcher.revalidated(resource);
        if (stored.isPresent()) {
            return () -> sendStored(exchange, stored.get(), "");
        }
        var together = together(exchange, resource, wanted);
        if (together.isPresent()) {
            return answer(exchange, resource, together.get(), wanted);
        }
        var passed = fromOrigin(exchange, resource);
        return () -> pass(exchange, passed);
    }

    /** A part of what is on its way is taken from there; who wants all the rest has the whole fetched. */
    private Optional<Fetched> together(HttpServerExchange exchange, String resource, Wanted wanted)
            throws IOException {
        if (wanted.isRest()) {
            var fields = forwarded(exchange);
            fields.remove("Range");
            return fetcher.together(resource, fields, wanted.range());
        }
        return wanted.isPlainPart() ? fetcher.near(resource, wanted.range()) : Optional.empty();
    }

    private Answer answer(HttpServerExchange exchange, String resource, Fetched fetched, Wanted wanted) {
        return switch (fetched) {
            case Held(var blob) -> () -> sendStored(exchange, blob, "");
            case Running running -> () -> stream(exchange, resource, running, wanted.range());
            case Passed(var answer) -> () -> pass(exchange, answer);
        };
    }

    /** With how old it is, and how long it will do without asking (RFC 9111 §5.1, RFC 9211 §2.4). */
    private void sendStored(HttpServerExchange exchange, Stored stored, String detail) throws IOException {
        exchange.getResponseHeaders().put(Headers.AGE, stored.age().toSeconds());
        sendStored(exchange, stored.blob(), "; ttl=" + stored.timeLeft().toSeconds() + detail);
    }

    private void sendStored(HttpServerExchange exchange, Blob blob, String detail) throws IOException {
        exchange.getResponseHeaders().put(CACHE_STATUS, "fingerpost-agent; hit" + detail);
        BlobResponse.send(exchange, blob.open(), new Sending(line, SendProgress.UNWATCHED));
    }

    private HttpResponse<InputStream> fromOrigin(HttpServerExchange exchange, String resource) throws IOException {
        return broker.fromOrigin(exchange.getRequestMethod().toString(), resource, forwarded(exchange));
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

    /** The host of the absolute form (RFC 9112 §3.2.2) decides, whatever `Host` says. */
    private boolean isProxied(HttpServerExchange exchange) {
        var url = ABSOLUTE.matcher(exchange.getRequestURI());
        return url.matches() && proxied.contains(url.group(1).toLowerCase(Locale.ROOT).replaceFirst(":80$", ""));
    }

    /** Only what stands in a URL: it is put behind the broker's name as it is. */
    private static boolean isResource(HttpServerExchange exchange) {
        try {
            String resource = resource(exchange);
            return resource.startsWith("/") && URI.create("http://broker" + resource).getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String resource(HttpServerExchange exchange) {
        String query = exchange.getQueryString();
        return path(exchange) + (query.isEmpty() ? "" : "?" + query);
    }

    private static String path(HttpServerExchange exchange) {
        var url = ABSOLUTE.matcher(exchange.getRequestURI());
        if (!exchange.isHostIncludedInRequestURI() || !url.matches()) {
            return exchange.getRequestURI();
        }
        return url.group(2).isEmpty() ? "/" : url.group(2);
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

    private void stream(HttpServerExchange exchange, String resource, Running running, ByteRange range)
            throws IOException {
        var transfer = running.transfer();
        Span span = range.resolve(transfer.size());
        var fields = exchange.getResponseHeaders();
        if (span == null) {
            running.reader().close();
            fields.put(Headers.CONTENT_RANGE, "bytes */" + transfer.size());
            Problems.send(exchange, 416, "range-not-satisfiable",
                    "the representation has " + transfer.size() + " bytes");
            return;
        }
        transfer.headers().forEach((name, value) -> fields.put(new HttpString(name), value));
        transfer.digest().ifPresent(digest -> fields.put(REPR_DIGEST, DigestField.format(digest)));
        fields.put(CACHE_STATUS, "fingerpost-agent; fwd=uri-miss; stored");
        if (!(range instanceof ByteRange.Whole)) {
            exchange.setStatusCode(206);
            fields.put(Headers.CONTENT_RANGE, span.contentRange(transfer.size()));
        }
        exchange.setResponseContentLength(span.length());
        exchange.startBlocking();
        fetcher.copy(resource, running, span, exchange.getOutputStream());
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
