import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;

/**
 * An origin that says what its resources are and has no bodies: a HEAD is all that the broker needs to learn one. Whoever asks
 * for a body gets 503, so that no redirect that was not made passes unseen.
 */
final class RedirectOrigin {
    private static final HttpString REPR_DIGEST = new HttpString("Repr-Digest");

    private final Undertow server;

    RedirectOrigin(int port) {
        server = Undertow.builder().setIoThreads(1).setWorkerThreads(1)
                .addHttpListener(port, "127.0.0.1", this::answer).build();
    }

    void start() {
        server.start();
    }

    private void answer(HttpServerExchange exchange) {
        String path = exchange.getRequestPath();
        if (!exchange.getRequestMethod().equals(Methods.HEAD) || !path.matches("/o/\\d{1,9}\\.bin")) {
            exchange.setStatusCode(503).endExchange();
            return;
        }
        var digest = RedirectTable.digest(Integer.parseInt(path.substring(3, path.length() - 4)));
        HeaderMap fields = exchange.getResponseHeaders();
        fields.put(REPR_DIGEST, "sha-256=:" + digest.base64() + ":");
        fields.put(Headers.ETAG, '"' + digest.base64Url().substring(0, 16) + '"');
        fields.put(Headers.CACHE_CONTROL, "public, max-age=86400");
        fields.put(Headers.CONTENT_TYPE, "application/octet-stream");
        fields.put(Headers.CONTENT_LENGTH, RedirectTable.BODY_SIZE);
        exchange.endExchange();
    }
}
