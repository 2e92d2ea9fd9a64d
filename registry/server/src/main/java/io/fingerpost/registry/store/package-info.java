/** Where peers and holdings are kept: the seam behind which an engine may stand. */
@NullMarked
package io.fingerpost.registry.store;

import org.jspecify.annotations.NullMarked;
