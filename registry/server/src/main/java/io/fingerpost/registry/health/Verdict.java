package io.fingerpost.registry.health;

/**
 * What becomes of a peer after a probe.
 *
 * @param vitals whether it answers
 * @param standing what is held against it
 * @param outOfQuarantine whether it has served its time and answered since
 * @param endsLease whether its agent has to register anew
 */
record Verdict(Vitals vitals, Standing standing, boolean outOfQuarantine, boolean endsLease) {}
