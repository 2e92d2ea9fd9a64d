/** The commands of `fingerpost-agent`. */
@NullMarked
package io.fingerpost.agent.cli;

import org.jspecify.annotations.NullMarked;
