package io.fingerpost.agent.serve;

import io.fingerpost.agent.identity.Identity;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.http.PreferField;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.net.InetAddress;
import java.util.Base64;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's face to other clients: blobs by digest for those with a ticket, and the proof that the endpoint is its own.
 */
public final class PeerHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PeerHandler.class);
    /** Which browsers send where they send no `Origin`. */
    private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString ALLOW_METHODS = new HttpString("Access-Control-Allow-Methods");
    private static final HttpString ALLOW_HEADERS = new HttpString("Access-Control-Allow-Headers");
    private static final HttpString MAX_AGE = new HttpString("Access-Control-Max-Age");
    private static final HttpString EXPOSE_HEADERS = new HttpString("Access-Control-Expose-Headers");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");
    private static final HttpString PREFERENCE_APPLIED = new HttpString(PreferField.APPLIED);
    private static final HttpString TIMING_ALLOW_ORIGIN = new HttpString("Timing-Allow-Origin");

    private final BlobStore store;
    private final PieceWait pieces;
    private final Identity identity;
    private final Supplier<Registration> registration;
    private final TicketCheck tickets;
    private final Uploads uploads;
    private final ExecutorService threads;

    /**
     * @param registration what this agent registers, and nothing else is signed for
     * @param uploads which every transfer of a body is one of
     * @param threads for what waits on the disk, or for a piece
     */
    public PeerHandler(BlobStore store, Identity identity, Supplier<Registration> registration, TicketCheck tickets,
            Uploads uploads, ExecutorService threads) {
        this.store = store;
        this.pieces = new PieceWait(store);
        this.identity = identity;
        this.registration = registration;
        this.tickets = tickets;
        this.uploads = uploads;
        this.threads = threads;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        allowPagesOfEveryOrigin(exchange);
        var method = exchange.getRequestMethod();
        if (method.equals(Methods.OPTIONS)) {
            answerPreflight(exchange);
        } else if (!method.equals(Methods.GET) && !method.equals(Methods.HEAD)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD, OPTIONS");
            Problems.send(exchange, StatusCodes.METHOD_NOT_ALLOWED, "method-not-allowed", "a peer takes GET and HEAD");
        } else if (EndpointProof.isPath(exchange.getRequestPath())) {
            prove(exchange, EndpointProof.nonce(exchange.getRequestPath()));
        } else {
            NiPath.parse(exchange.getRequestPath()).ifPresentOrElse(digest -> serve(exchange, digest),
                    () -> Problems.send(exchange, StatusCodes.NOT_FOUND, "no-such-path", "a peer has nothing here"));
        }
    }

    /** What only a page's browser needs (Fetch, "CORS protocol and HTTP caches"): another agent asks for many small pieces. */
    private static void allowPagesOfEveryOrigin(HttpServerExchange exchange) {
        var fields = exchange.getResponseHeaders();
        fields.put(Headers.VARY, "Origin");
        var request = exchange.getRequestHeaders();
        if (!request.contains(Headers.ORIGIN) && !request.contains(FETCH_SITE)) {
            return;
        }
        fields.put(ALLOW_ORIGIN, "*");
        fields.put(EXPOSE_HEADERS, "Repr-Digest, Content-Digest, ETag, Content-Range, Accept-Ranges");
        fields.put(RESOURCE_POLICY, "cross-origin");
        fields.put(TIMING_ALLOW_ORIGIN, "*");
    }

    private static void answerPreflight(HttpServerExchange exchange) {
        var fields = exchange.getResponseHeaders();
        fields.put(ALLOW_METHODS, "GET, HEAD");
        fields.put(ALLOW_HEADERS, "*");
        fields.put(MAX_AGE, "7200");
        exchange.setStatusCode(StatusCodes.NO_CONTENT);
        exchange.endExchange();
    }

    private void prove(HttpServerExchange exchange, String nonce) {
        byte[] signature = identity.sign(EndpointProof.message(nonce, registration.get()));
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
        exchange.getResponseSender().send(Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
    }

    private void serve(HttpServerExchange exchange, Sha256 digest) {
        // The ticket comes first: without one, nobody learns whether the digest is held.
        switch (tickets.check(ticket(exchange), digest)) {
            case FORGED -> Problems.send(exchange, StatusCodes.FORBIDDEN, "ticket-forged",
                    "a ticket of this peer's broker is wanted as ?t=…");
            case EXPIRED -> Problems.send(exchange, StatusCodes.FORBIDDEN, "ticket-expired",
                    "the ticket's time is over; ask the broker again");
            case VALID -> {
                if (exchange.getRequestMethod().equals(Methods.HEAD)) {
                    serve(exchange, digest, uploads.uplinkTo(client(exchange)), SendProgress.UNWATCHED); // without a body it takes nothing that is scarce
                } else {
                    serveInSlot(exchange, digest);
                }
            }
        }
    }

    private static String ticket(HttpServerExchange exchange) {
        return Optional.ofNullable(exchange.getQueryParameters().get("t")).map(Deque::getFirst).orElse("");
    }

    private void serveInSlot(HttpServerExchange exchange, Sha256 digest) {
        if (uploads.isPausedFor(client(exchange))) {
            refuse(exchange, "paused", "this peer serves nobody for now; ask elsewhere");
            return;
        }
        if (uploads.isMonthUsedUpFor(client(exchange))) {
            refuse(exchange, "quota-used-up", "this peer has sent all that it may this month; ask elsewhere");
            return;
        }
        uploads.begin(client(exchange)).ifPresentOrElse(upload -> {
            exchange.addExchangeCompleteListener((_, next) -> {
                upload.close();
                next.proceed();
            });
            serve(exchange, digest, upload.uplink(), upload);
        }, () -> refuse(exchange, "slots-full", "this peer serves as many as it can; ask again or elsewhere"));
    }

    /** In either case for a moment only: who asks the broker again is sent elsewhere. */
    private static void refuse(HttpServerExchange exchange, String kind, String detail) {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, "2");
        Problems.send(exchange, StatusCodes.SERVICE_UNAVAILABLE, kind, detail);
    }

    private static InetAddress client(HttpServerExchange exchange) {
        return exchange.getSourceAddress().getAddress();
    }

    private void serve(HttpServerExchange exchange, Sha256 digest, Uplink uplink, SendProgress progress) {
        exchange.dispatch(threads, () -> sendPortion(exchange, digest, uplink, progress));
    }

    private void sendPortion(HttpServerExchange exchange, Sha256 digest, Uplink uplink, SendProgress progress) {
        try {
            var outcome = pieces.await(exchange, digest);
            if (outcome == PieceWait.Outcome.IN_VAIN) {
                exchange.getResponseHeaders().put(PREFERENCE_APPLIED, "wait");
                refuse(exchange, "piece-delayed", "this peer does not have the piece yet; ask again or elsewhere");
                return;
            }
            var portion = store.readable(digest);
            if (portion.isEmpty()) {
                Problems.send(exchange, StatusCodes.NOT_FOUND, "not-held",
                        "this peer does not hold the digest (any more)");
                return;
            }
            boolean wasAwaited = outcome == PieceWait.Outcome.ARRIVED;
            BlobResponse.send(exchange, portion.get(), new Sending(uplink, progress, wasAwaited));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            refuse(exchange, "stopping", "this peer stops; ask elsewhere");
        } catch (Exception e) {
            LOG.atWarn().setCause(e).addKeyValue("digest", digest).log("cannot serve");
            Problems.send(exchange, StatusCodes.INTERNAL_SERVER_ERROR, "internal", "the blob cannot be read");
        }
    }
}
