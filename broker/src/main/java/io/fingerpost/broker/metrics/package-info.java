/** What the broker counts. */
@NullMarked
package io.fingerpost.broker.metrics;

import org.jspecify.annotations.NullMarked;
