package io.fingerpost.broker.edge;

import io.fingerpost.broker.choice.ChoiceTrace;
import io.fingerpost.broker.explain.Candidates;
import io.fingerpost.broker.explain.Explainer;
import io.fingerpost.broker.explain.Explanation;
import io.fingerpost.broker.explain.ExplanationJson;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.contract.http.FieldNames;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;

/** Explains the answer to one request: the decision that was made for it last, by what that looked at. */
final class DebugAnswer {
    private static final HttpString EXPLAIN = new HttpString(FieldNames.EXPLAIN);
    private static final ExplanationJson JSON = new ExplanationJson();

    private final Explainer explainer;
    private Candidates candidates;
    private @Nullable Explanation explanation;

    DebugAnswer(Explainer explainer) {
        this.explainer = explainer;
        this.candidates = explainer.candidates();
    }

    /** For a decision that is about to be made; nothing is left of the one before. */
    ChoiceTrace trace() {
        candidates = explainer.candidates();
        return candidates;
    }

    void decided(EdgeRequest request, Decision decision) {
        explanation = explainer.explain(request, decision, candidates);
    }

    /** It was rejected before it could be read. */
    void rejected(HttpServerExchange exchange, Decision.Reject decision) {
        explanation = explainer.rejected(exchange.getRequestMethod().toString(), RequestReader.path(exchange),
                decision);
    }

    /** In the place of whatever the origin may say in this field. */
    void write(HttpServerExchange exchange) {
        if (explanation != null) {
            exchange.getResponseHeaders().put(EXPLAIN, JSON.line(explanation));
        }
    }
}
