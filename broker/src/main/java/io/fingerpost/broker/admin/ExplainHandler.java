package io.fingerpost.broker.admin;

import io.fingerpost.broker.edge.RequestReader;
import io.fingerpost.broker.explain.Explainer;
import io.fingerpost.broker.explain.Explanation;
import io.fingerpost.broker.explain.ExplanationJson;
import io.fingerpost.broker.explain.ExplanationText;
import io.fingerpost.registry.RequestRejected;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** `/v1/explain`: what would become of a request at the edge now, and why. Does not wait, and changes nothing. */
public final class ExplainHandler implements HttpHandler {
    private final RequestReader reader;
    private final Explainer explainer;
    private final ExplanationJson json = new ExplanationJson();

    /** @param reader the one of the edge */
    public ExplainHandler(RequestReader reader, Explainer explainer) {
        this.reader = reader;
        this.explainer = explainer;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        var asked = ExplainQuery.parse(exchange.getQueryString());
        var request = reader.read(asked.host(), asked.method(), asked.path(), asked.query(), asked.client(),
                asked.fields()).orElseThrow(
                        () -> new RequestRejected(421, "unknown-site",
                                "host: this broker has no such site"));
        Explanation explanation = explainer.explain(request);
        boolean plain = wantsText(exchange);
        var fields = exchange.getResponseHeaders();
        fields.put(Headers.CACHE_CONTROL, "no-store");
        fields.put(Headers.CONTENT_TYPE, plain ? "text/plain; charset=utf-8" : "application/json");
        exchange.getResponseSender().send(plain ? ExplanationText.of(explanation) : json.pretty(explanation));
    }

    private static boolean wantsText(HttpServerExchange exchange) {
        String accepted = exchange.getRequestHeaders().getFirst(Headers.ACCEPT);
        return accepted != null && accepted.startsWith("text/plain");
    }
}
