package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;

/** What becomes of a request that no peer can serve. */
public enum OnMiss {
    /** The broker passes on the origin's answer. */
    PROXY,
    /** The client is sent to the origin's public URL, once the broker knows what is there. */
    REDIRECT;

    @JsonCreator
    static OnMiss parse(String text) {
        return switch (text) {
            case "proxy" -> PROXY;
            case "redirect" -> REDIRECT;
            default -> throw new IllegalArgumentException("proxy or redirect is wanted");
        };
    }
}
