/**
 * Clients that nobody wrote for us, as they are: what each ends with when the peer that it is sent to is honest, dead, corrupt
 * or slow. Where a client cannot do better, the test states its limit.
 */
package io.fingerpost.deploy.clients;
