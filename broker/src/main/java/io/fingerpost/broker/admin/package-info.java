/** The admin listener: health and metrics, for operators and never on the edge. */
@NullMarked
package io.fingerpost.broker.admin;

import org.jspecify.annotations.NullMarked;
