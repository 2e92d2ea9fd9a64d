/** What tests of several modules use: extensions of JUnit, stand-ins for clocks, peers and ill-behaved servers, and a writer of databases. */
package io.fingerpost.testing;
