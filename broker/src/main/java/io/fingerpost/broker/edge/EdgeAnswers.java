package io.fingerpost.broker.edge;

import io.fingerpost.broker.collapse.Flights;
import io.undertow.server.HttpHandler;

/**
 * The ways in which a request at the edge can be answered.
 *
 * @param origin with what the origin has
 * @param redirects by sending the client elsewhere
 * @param metalink with a list of places
 * @param registryApi what is asked of the registry
 */
public record EdgeAnswers(Flights origin, Redirects redirects, MetalinkHandler metalink, HttpHandler registryApi) {}
