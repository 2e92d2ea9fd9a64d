package io.fingerpost.registry.locality;

import java.net.InetAddress;

/** The locator that is in use now; a change holds for the places that are made after it. */
public final class LiveLocator {
    private volatile Locator current;

    public LiveLocator(Locator first) {
        this.current = first;
    }

    public Locator current() {
        return current;
    }

    public void replace(Locator next) {
        current = next;
    }

    /** As {@link Locator#locate} of the current one. */
    public Place locate(InetAddress address) {
        return current.locate(address);
    }
}
