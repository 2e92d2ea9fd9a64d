package io.fingerpost.broker.routing;

import java.net.InetAddress;

/**
 * Where a request comes from, as far as the broker can tell.
 *
 * @param address of the client itself, not of a trusted proxy before the broker
 * @param secure whether the client speaks TLS
 */
public record Client(InetAddress address, boolean secure) {}
