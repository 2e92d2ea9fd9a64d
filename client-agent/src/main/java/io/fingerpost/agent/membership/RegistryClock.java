package io.fingerpost.agent.membership;

import java.time.Instant;

/**
 * The registry's clock, by which tickets run. It goes on from what the registry said last by the time that has passed since: this
 * machine's own clock may be wrong, or set anew at any time.
 *
 * @param told what it said
 * @param toldAt when, by {@link System#nanoTime}, which on some systems stands still while they sleep
 */
record RegistryClock(Instant told, long toldAt) {
    static RegistryClock told(Instant now) {
        return new RegistryClock(now, System.nanoTime());
    }

    Instant now() {
        return told.plusNanos(System.nanoTime() - toldAt);
    }
}
