/** Whether peers do what they promise. */
@NullMarked
package io.fingerpost.registry.health;

import org.jspecify.annotations.NullMarked;
