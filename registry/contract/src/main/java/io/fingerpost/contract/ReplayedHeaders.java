package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The origin's header fields that every holder sends again with the bytes, so that answers from anywhere combine. */
public record ReplayedHeaders(Map<String, String> fields) {
    /** The fields that are replayed (RFC 9110 §15.3.7 wants them equal on parts that are to be combined). */
    public static final List<String> NAMES = List.of("Content-Type", "Content-Language", "Content-Disposition", "ETag",
            "Last-Modified", "Cache-Control", "Vary");
    /** Longest value, in characters. */
    private static final int MAX_VALUE = 4096;

    /** @throws IllegalArgumentException for a field that is not replayed or a value that could not stand in a header */
    @JsonCreator
    public ReplayedHeaders {
        var checked = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        fields.forEach((name, value) -> checked.put(known(name), checkedValue(name, value)));
        fields = Collections.unmodifiableMap(checked);
    }

    private static String known(String name) {
        return NAMES.stream().filter(name::equalsIgnoreCase).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("header field is not replayed: " + name));
    }

    private static String checkedValue(String name, String value) {
        boolean clean = value.chars().allMatch(c -> c == '\t' || c >= ' ' && c != 0x7f && c <= 0xff);
        if (!clean || value.length() > MAX_VALUE) {
            throw new IllegalArgumentException(name + " is too long or has characters that no header field may have");
        }
        return value;
    }

    @JsonValue
    public Map<String, String> asMap() {
        return fields;
    }

    public @Nullable String get(String name) {
        return fields.get(name);
    }
}
