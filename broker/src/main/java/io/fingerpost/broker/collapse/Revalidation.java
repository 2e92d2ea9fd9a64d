package io.fingerpost.broker.collapse;

import io.undertow.server.HttpServerExchange;

/** What becomes of a request for something that was known and has gone stale; one of the two is called. */
public interface Revalidation {
    /** For requests that nothing was known for. */
    Revalidation NONE = new Revalidation() {
        @Override
        public void fromOrigin() {
            // as it was decided
        }

        @Override
        public void confirmed(HttpServerExchange exchange) {
            throw new IllegalStateException("nothing was asked to be confirmed");
        }
    };

    /** The origin has something else, or does not say: the answer is its own. */
    void fromOrigin();

    /** What is known is fresh again: the request is to be decided anew. */
    void confirmed(HttpServerExchange exchange) throws Exception;
}
