package io.fingerpost.contract;

import io.fingerpost.contract.config.BitRate;

/**
 * The most that a peer wants to send: no more clients are sent to it than keeps within.
 *
 * @param bitsPerSecond of its uplink, for all clients together; 1 to 10¹²
 * @param slots clients that it serves at a time; 1 to 1024, or 0 if it serves nobody
 * @param bytesPerMonth in a calendar month (UTC); 0 for no limit
 */
public record UploadBudget(long bitsPerSecond, int slots, long bytesPerMonth) {
    /** Most slots of a peer. */
    public static final int MAX_SLOTS = 1024;
    /** Highest rate of a peer, in bits a second. */
    public static final long MAX_RATE = 1_000_000_000_000L;
    /** Highest limit of a month, in bytes. */
    public static final long MAX_BYTES = 1L << 53; // what every JSON reader takes

    public UploadBudget {
        require(bitsPerSecond >= 1 && bitsPerSecond <= MAX_RATE, "bitsPerSecond must be 1 to 10^12", bitsPerSecond);
        require(slots >= 0 && slots <= MAX_SLOTS, "slots must be 0 to " + MAX_SLOTS, slots);
        require(bytesPerMonth >= 0 && bytesPerMonth <= MAX_BYTES, "bytesPerMonth must be 0 to 2^53", bytesPerMonth);
    }

    /** The same with a rate of at most {@code most}. */
    public UploadBudget withRateUpTo(BitRate most) {
        return new UploadBudget(Math.min(bitsPerSecond, most.bitsPerSecond()), slots, bytesPerMonth);
    }

    private static void require(boolean holds, String message, long value) {
        if (!holds) {
            throw new IllegalArgumentException(message + ", was " + value);
        }
    }
}
