/** What the origin's own header fields say about sharing. Pure; knows no HTTP library. */
@NullMarked
package io.fingerpost.broker.label;

import org.jspecify.annotations.NullMarked;
