package io.fingerpost.registry.http;

import io.fingerpost.contract.api.Problem;
import io.fingerpost.registry.store.Block;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Lets requests of one network take no more than a share of the places that there are for all, however slowly they come in. */
final class SharedPlaces implements HttpHandler {
    private final Map<Block, Integer> taken = new ConcurrentHashMap<>();
    private final int share;
    private final HttpHandler next;

    /** @param share most requests of a network at a time */
    SharedPlaces(int share, HttpHandler next) {
        this.share = share;
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Block network = Block.of(exchange.getSourceAddress().getAddress());
        if (!take(network)) {
            ProblemResponse.send(exchange,
                    Problem.of(503, "busy", "too many requests of your network at a time; try again"));
            return;
        }
        exchange.addExchangeCompleteListener((_, nextListener) -> {
            taken.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
            nextListener.proceed();
        });
        next.handleRequest(exchange);
    }

    private boolean take(Block network) {
        boolean[] full = {false};
        taken.compute(network, (_, count) -> {
            full[0] = count != null && count >= share;
            return full[0] ? count : count == null ? 1 : count + 1;
        });
        return !full[0];
    }
}
