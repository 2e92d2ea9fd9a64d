package io.fingerpost.registry.upload;

import java.util.concurrent.atomic.AtomicLong;

/** What all peers together were charged of late. Takes no lock. */
public final class SwarmLoad {
    private final AtomicLong recent = new AtomicLong();

    public void charge(long bytes, long now) {
        recent.getAndUpdate(state -> Decay.plus(state, (double) bytes, now));
    }

    /**
     * How long every uplink would have been at work if all were used alike, in seconds, as {@link Uploads#load} counts.
     *
     * @param bitsPerSecond of all uplinks together
     */
    public double mean(long bitsPerSecond, long now) {
        return bitsPerSecond <= 0 ? 0 : Decay.at(recent.get(), now) * 8 / bitsPerSecond;
    }
}
