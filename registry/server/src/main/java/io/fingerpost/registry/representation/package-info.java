/** The first half of the redirect table: resource → representation. */
@NullMarked
package io.fingerpost.registry.representation;

import org.jspecify.annotations.NullMarked;
