/**
 * Getting a resource: ask the broker, follow its redirect to peers, verify every piece, go on elsewhere when a source fails.
 *
 * <p>Start at {@link io.fingerpost.agent.fetch.Fetcher}. What is being fetched is a
 * {@link io.fingerpost.agent.fetch.Transfer}; readers see only what was verified.
 */
@NullMarked
package io.fingerpost.agent.fetch;

import org.jspecify.annotations.NullMarked;
