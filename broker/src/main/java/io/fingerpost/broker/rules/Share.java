package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;

/** Whether a resource may be shared. */
public enum Share {
    /** Yes, even if the origin does not say `public`. What it says against sharing still counts. */
    YES,
    /** Never. */
    NO,
    /** As the origin's header fields say. */
    BY_HEADERS;

    @JsonCreator
    static Share parse(String text) {
        return switch (text) {
            case "yes", "true" -> YES; // YAML's own yes
            case "no", "false" -> NO;
            case "by-headers" -> BY_HEADERS;
            default -> throw new IllegalArgumentException("yes, no or by-headers is wanted");
        };
    }
}
