/** Keeps the registry where a restart finds it: a journal of changes, and snapshots that make it short. */
@NullMarked
package io.fingerpost.registry.durable;

import org.jspecify.annotations.NullMarked;
