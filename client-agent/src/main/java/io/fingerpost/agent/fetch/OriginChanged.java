package io.fingerpost.agent.fetch;

import java.io.IOException;

/** The origin has another version now: what is missing of this one will not come from there, and nobody should want it any more. */
final class OriginChanged extends IOException {
    private static final long serialVersionUID = 1L;

    OriginChanged() {
        super("the origin has another version now");
    }
}
