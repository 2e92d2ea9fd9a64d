/** What changes in a registry, as values and as bytes: for its files, and for those who share it. */
@NullMarked
package io.fingerpost.registry.change;

import org.jspecify.annotations.NullMarked;
