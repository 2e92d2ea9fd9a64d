package io.fingerpost.registry.upload;

/** What all peers together were charged of late. Takes no lock. */
public final class SwarmLoad {
    private final DecayingSum recent = new DecayingSum();

    public void charge(long bytes, long now) {
        recent.add((double) bytes, now);
    }

    /**
     * How long every uplink would have been at work if all were used alike, in seconds, as {@link Uploads#load} counts.
     *
     * @param bitsPerSecond of all uplinks together
     */
    public double mean(long bitsPerSecond, long now) {
        return bitsPerSecond <= 0 ? 0 : recent.at(now) * 8 / bitsPerSecond;
    }
}
