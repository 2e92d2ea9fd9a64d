package io.fingerpost.broker.origin;

/** What is counted on the way to the origin; on I/O threads. */
public interface OriginMeters {
    /** So many bytes of a body came from the origin. */
    void countOriginBytes(long bytes);

    /** The origin gave no answer. */
    void countOriginFailure(OriginFailure why);

    /** A request was answered by a fetch that another one had begun. */
    void countCollapsed();
}
