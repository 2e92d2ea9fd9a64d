package io.fingerpost.registry.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.RoutingHandler;
import io.undertow.util.HttpString;
import java.util.List;

/** Writes down what is routed, so that the written contract can be held against it. */
final class ListedRoutes extends RoutingHandler {
    private final List<String> listed;

    /** @param listed takes a line such as `GET /a/{b}` for each route */
    ListedRoutes(List<String> listed) {
        this.listed = listed;
    }

    @Override
    public synchronized RoutingHandler add(HttpString method, String template, HttpHandler handler) {
        listed.add(method + " " + template);
        return super.add(method, template, handler);
    }
}
