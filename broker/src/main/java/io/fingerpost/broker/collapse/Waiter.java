package io.fingerpost.broker.collapse;

import io.fingerpost.broker.origin.OriginFailure;

/**
 * A request that waits for the head of an answer. In the end exactly one of these comes true of it, on any thread; none of them
 * may wait.
 */
interface Waiter {
    /**
     * The answer is in {@code spool}, and may be had by anyone who waits.
     *
     * @return whether what is wanted is there, and being read from now on; if not, nothing has happened
     */
    boolean serve(Flight flight, Spool spool, OriginHead answer);

    /** The answer is not for sharing: ask the origin yourself. */
    void goAlone();

    /** What was known has been confirmed: it is to be decided anew. */
    void decideAgain();

    /** The answer was lost in a way that another request might be spared: wait once more, and the second time fail. */
    void tryAgain(OriginFailure why);

    /** There is no answer. */
    void fail(OriginFailure why);
}
