package io.fingerpost.broker.provenance;

import java.util.Locale;

/** What one proxy says in `Forwarded`: `name=value` pairs (RFC 7239 §4). */
record ForwardedElement(String text) {
    /** The value without its quotes; empty if it is absent, there twice, or malformed. */
    String parameter(String name) {
        String found = "";
        for (String pair : text.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().toLowerCase(Locale.ROOT).equals(name)) {
                if (!found.isEmpty()) {
                    return "";
                }
                found = unquoted(pair.substring(equals + 1).strip());
            }
        }
        return found;
    }

    /** No value that we read needs an escape, so one with a backslash is none. */
    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        String inner = quoted ? value.substring(1, value.length() - 1) : value;
        return inner.contains("\"") || inner.contains("\\") ? "" : inner;
    }
}
