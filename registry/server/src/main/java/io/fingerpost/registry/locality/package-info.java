/** Where addresses are, as far as the operator lets us know. */
@NullMarked
package io.fingerpost.registry.locality;

import org.jspecify.annotations.NullMarked;
