package io.fingerpost.broker.origin;

import io.fingerpost.broker.routing.EdgeRequest;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import org.xnio.conduits.StreamSinkConduit;

/** Lets the learner hear each answer of the origin when its head is known and its body about to flow. */
record OriginAnswer(Learner learner, EdgeRequest request) implements ConduitWrapper<StreamSinkConduit> {
    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
        learner.hear(request, request.mayTeach(), exchange.getStatusCode(), exchange.getResponseHeaders());
        return factory.create();
    }
}
