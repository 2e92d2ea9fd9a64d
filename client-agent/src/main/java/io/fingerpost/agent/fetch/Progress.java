package io.fingerpost.agent.fetch;

/**
 * How far a transfer is, in bytes.
 *
 * @param resource path and query on the broker
 * @param size of the whole
 * @param done what is verified, in whatever order
 * @param fromPeers what of it came from peers
 * @param fromOrigin what of it came from the origin; the rest was in the store before
 * @param peers how many peers sent something
 * @param millis since it began
 */
public record Progress(String resource, long size, long done, long fromPeers, long fromOrigin, int peers, long millis) {
    /** Percent of what came in this transfer that peers sent; 0 if nothing came yet. */
    public long peerShare() {
        return fromPeers == 0 ? 0 : 100 * fromPeers / (fromPeers + fromOrigin);
    }
}
