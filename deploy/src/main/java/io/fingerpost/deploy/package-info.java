/** What shows and tests the whole: the demo, an origin for it, and the programs as processes. */
@NullMarked
package io.fingerpost.deploy;

import org.jspecify.annotations.NullMarked;
