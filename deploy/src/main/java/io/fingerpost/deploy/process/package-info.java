/** Our programs as processes of their own, started through the launchers as a user would. */
@NullMarked
package io.fingerpost.deploy.process;

import org.jspecify.annotations.NullMarked;
