package io.fingerpost.agent.serve;

/** Told how far the body of an answer is, on the thread that sends it: it must return at once. */
public interface SendProgress {
    /** For bodies that nobody counts. */
    SendProgress UNWATCHED = new SendProgress() {};

    /** A body of so many bytes will follow. */
    default void begins(long bytes) {}

    /** So many bytes more were handed to the connection. */
    default void sent(long bytes) {}
}
