/** What peers send, as far as the broker can estimate it, against what they want to send at most. */
@NullMarked
package io.fingerpost.registry.upload;

import org.jspecify.annotations.NullMarked;
