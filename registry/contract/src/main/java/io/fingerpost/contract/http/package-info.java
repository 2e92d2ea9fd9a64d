/** Header fields that both broker and agent read or write. No HTTP library is known here. */
@NullMarked
package io.fingerpost.contract.http;

import org.jspecify.annotations.NullMarked;
