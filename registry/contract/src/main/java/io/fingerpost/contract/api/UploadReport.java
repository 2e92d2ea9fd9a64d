package io.fingerpost.contract.api;

import io.fingerpost.contract.UploadBudget;

/**
 * What a peer sends at the moment, as it says with each heartbeat.
 *
 * @param active clients that it serves right now; 0 to {@link UploadBudget#MAX_SLOTS}
 * @param bytesLeft what it still has to send to them; 0 to 2⁵³
 * @param servedThisMonth bytes that it has sent since the calendar month began (UTC); 0 to 2⁵³
 */
public record UploadReport(int active, long bytesLeft, long servedThisMonth) {
    /** Nothing is sent, and nothing has been. */
    public static final UploadReport IDLE = new UploadReport(0, 0, 0);
    /** Most bytes that a report can tell of. */
    public static final long MAX_BYTES = 1L << 53; // what every JSON reader takes

    public UploadReport {
        require(active, UploadBudget.MAX_SLOTS, "active must be 0 to " + UploadBudget.MAX_SLOTS);
        require(bytesLeft, MAX_BYTES, "bytesLeft must be 0 to 2^53");
        require(servedThisMonth, MAX_BYTES, "servedThisMonth must be 0 to 2^53");
    }

    private static void require(long value, long most, String message) {
        if (value < 0 || value > most) {
            throw new IllegalArgumentException(message + ", was " + value);
        }
    }
}
