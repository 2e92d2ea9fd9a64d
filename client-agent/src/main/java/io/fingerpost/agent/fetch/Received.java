package io.fingerpost.agent.fetch;

/** Bytes that came, by who sent them. */
public record Received(long fromPeers, long fromOrigin) {}
