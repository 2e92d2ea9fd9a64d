package io.fingerpost.registry.representation;

/**
 * What is known of a resource.
 *
 * @param binding what it is
 * @param namesakes all that have the same bytes, of which this keeps the memory
 */
public record Known(Binding binding, Namesakes namesakes) {}
