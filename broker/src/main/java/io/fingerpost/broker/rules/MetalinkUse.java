package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;

/** How clients that read Metalink get to know that there is one. */
public enum MetalinkUse {
    /** The redirect names its URL. */
    LINK,
    /**
     * It is the answer. Then unmodified clients verify each piece and survive corrupt peers, but take a file name of their
     * user's for the name of the Metalink.
     */
    ANSWER;

    @JsonCreator
    static MetalinkUse parse(String text) {
        return switch (text) {
            case "link" -> LINK;
            case "answer" -> ANSWER;
            default -> throw new IllegalArgumentException("link or answer is wanted");
        };
    }
}
