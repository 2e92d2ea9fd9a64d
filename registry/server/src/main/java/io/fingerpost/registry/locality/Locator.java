package io.fingerpost.registry.locality;

import java.net.InetAddress;

/** Tells where addresses are; from memory, without waiting. */
public interface Locator {
    Place locate(InetAddress address);
}
