package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Names a peer: the RFC 7638 thumbprint of its key, 43 characters of base64url. */
public record PeerId(@JsonValue String value) {
    private static final int LENGTH = 43;
    private static final String LAST = "AEIMQUYcgkosw048";

    @JsonCreator
    public PeerId {
        if (!isThumbprint(value)) {
            throw new IllegalArgumentException("a peer id has 43 characters of base64url");
        }
    }

    /** By hand, because it is part of every heartbeat. The last character stands for four bits, so that two bits of it are clear. */
    private static boolean isThumbprint(String value) {
        if (value.length() != LENGTH || LAST.indexOf(value.charAt(LENGTH - 1)) < 0) {
            return false;
        }
        for (int i = 0; i < LENGTH - 1; i++) {
            char c = value.charAt(i);
            if (!(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}
