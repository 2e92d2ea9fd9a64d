/** The registry's API as a caller sees it. */
@NullMarked
package io.fingerpost.contract.client;

import org.jspecify.annotations.NullMarked;
