package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Names a peer: the RFC 7638 thumbprint of its key, 43 characters of base64url. */
public record PeerId(@JsonValue String value) {
    @JsonCreator
    public PeerId {
        if (!value.matches("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")) {
            throw new IllegalArgumentException("a peer id has 43 characters of base64url");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
