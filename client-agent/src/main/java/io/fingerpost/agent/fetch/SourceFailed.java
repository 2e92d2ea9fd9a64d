package io.fingerpost.agent.fetch;

import java.io.IOException;

/** A source does not give what was asked for; another may. */
final class SourceFailed extends IOException {
    private static final long serialVersionUID = 1L;

    SourceFailed(String message) {
        super(message);
    }

    SourceFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
