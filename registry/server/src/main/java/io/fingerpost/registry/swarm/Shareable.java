package io.fingerpost.registry.swarm;

import io.fingerpost.registry.representation.ResourceId;

/** Whether the operator lets a resource be had from peers. */
@FunctionalInterface
public interface Shareable {
    boolean allows(ResourceId resource, long size);
}
