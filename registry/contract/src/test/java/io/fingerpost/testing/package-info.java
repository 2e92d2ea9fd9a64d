/** What tests of several modules use: extensions of JUnit, and stand-ins for clocks, peers and ill-behaved servers. */
package io.fingerpost.testing;
