package io.fingerpost.agent.fetch;

import java.util.HashSet;
import java.util.Set;

/** What a transfer has got, and from whom. Safe for use by many threads. */
final class Supply {
    private final long began = System.nanoTime();
    private final Set<String> peers = new HashSet<>();
    private long stored;
    private long fromPeers;
    private long fromOrigin;

    /** It was in the store before. */
    synchronized void stored(long bytes) {
        stored += bytes;
    }

    synchronized void from(Source source, long bytes) {
        if (source instanceof Source.Peer(var url)) {
            peers.add(url.getAuthority());
            fromPeers += bytes;
        } else {
            fromOrigin += bytes;
        }
    }

    synchronized Progress progress(String resource, long size) {
        long done = Math.min(size, stored + fromPeers + fromOrigin); // a piece that two sent is counted twice
        return new Progress(resource, size, done, fromPeers, fromOrigin, peers.size(),
                (System.nanoTime() - began) / 1_000_000);
    }
}
