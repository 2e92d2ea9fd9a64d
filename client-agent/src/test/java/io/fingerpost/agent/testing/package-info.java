/** What the agent's tests share: servers and clients that do as they are told. */
package io.fingerpost.agent.testing;
