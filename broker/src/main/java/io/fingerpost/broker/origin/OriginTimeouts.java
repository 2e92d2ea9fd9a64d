package io.fingerpost.broker.origin;

import java.time.Duration;

/**
 * How long the origin is waited for.
 *
 * @param answer from the request to the beginning of its answer
 * @param idle between two bytes of a body
 */
record OriginTimeouts(Duration answer, Duration idle) {}
