package io.fingerpost.contract.http;

import org.jspecify.annotations.Nullable;

/** The header fields of a message, whatever library holds them. */
@FunctionalInterface
public interface HeaderFields {
    /** The value of a field, or null if the message does not have it; names are compared without case. */
    @Nullable
    String get(String name);
}
