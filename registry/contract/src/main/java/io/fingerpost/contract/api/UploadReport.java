package io.fingerpost.contract.api;

/**
 * What a peer sends at the moment, as it says with each heartbeat.
 *
 * @param active clients that it serves right now
 * @param bytesLeft what it still has to send to them
 * @param servedThisMonth bytes that it has sent since the calendar month began (UTC)
 */
public record UploadReport(int active, long bytesLeft, long servedThisMonth) {
    /** Nothing is sent, and nothing has been. */
    public static final UploadReport IDLE = new UploadReport(0, 0, 0);

    public UploadReport {
        if (active < 0 || bytesLeft < 0 || servedThisMonth < 0) {
            throw new IllegalArgumentException("active, bytesLeft and servedThisMonth must not be negative");
        }
    }
}
