/** Telling the registry of peers that failed: {@link io.fingerpost.agent.report.FailureReporter}. */
@NullMarked
package io.fingerpost.agent.report;

import org.jspecify.annotations.NullMarked;
