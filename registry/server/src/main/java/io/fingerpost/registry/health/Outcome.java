package io.fingerpost.registry.health;

import io.fingerpost.contract.Sha256;
import java.util.Locale;

/** What came of one probe. */
public sealed interface Outcome {
    /**
     * All routes have proved again that they belong to the peer.
     *
     * @param isNews whether an endpoint has that had not before: it can be a route as soon as the peer registers anew
     */
    record Proved(boolean isNews) implements Outcome {}

    /** The piece that was asked for came, and is the right one. */
    record Genuine() implements Outcome {}

    /**
     * Nobody answered in time, or with anything that makes sense.
     *
     * @param isPartial whether another route is as it should be
     */
    record Unreachable(String tried, String advice, boolean isPartial) implements Outcome {}

    /** The endpoint answers as somebody else, may not be dialled any more, or is at another address. */
    record Disowned(String why) implements Outcome {}

    /** Wrong bytes. */
    record Corrupt(Sha256 digest, int piece) implements Outcome {}

    /** It does not have what it says it holds. */
    record Missing(Sha256 digest) implements Outcome {}

    /** It serves as many as it can: neither good nor bad. */
    record Full() implements Outcome {}

    /** It answers, but does not give what it should: it refuses a good ticket, breaks off, or sends something else. */
    record Failing(String why) implements Outcome {}

    /** A metric tag. */
    default String tag() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** Whether clients would have been failed there. */
    default boolean isFailure() {
        return switch (this) {
            case Proved _,Genuine _,Full _ -> false;
            case Unreachable _,Disowned _,Corrupt _,Missing _,Failing _ -> true;
        };
    }
}
