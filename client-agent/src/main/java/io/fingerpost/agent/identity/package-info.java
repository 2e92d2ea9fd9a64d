/** Who this agent is. */
@NullMarked
package io.fingerpost.agent.identity;

import org.jspecify.annotations.NullMarked;
