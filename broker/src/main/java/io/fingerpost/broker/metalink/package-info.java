/** Metalink 4 documents (RFC 5854), for clients that fetch from several peers and check each piece. Pure. */
@NullMarked
package io.fingerpost.broker.metalink;

import org.jspecify.annotations.NullMarked;
