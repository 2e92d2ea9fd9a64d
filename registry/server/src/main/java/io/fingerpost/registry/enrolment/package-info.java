/**
 * Who may enrol as a peer, by the token that it shows, and how many of one account, address or network.
 *
 * <p>Start at {@link io.fingerpost.registry.enrolment.Enrolment}.
 */
@NullMarked
package io.fingerpost.registry.enrolment;

import org.jspecify.annotations.NullMarked;
