/** A small origin for demos and tests. */
@NullMarked
package io.fingerpost.deploy.origin;

import org.jspecify.annotations.NullMarked;
