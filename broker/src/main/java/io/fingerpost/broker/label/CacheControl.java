package io.fingerpost.broker.label;

import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The directives of a `Cache-Control` field (RFC 9111 §5.2). */
public record CacheControl(Map<String, String> directives) {
    private static final Pattern DIRECTIVE = Pattern
            .compile("([A-Za-z0-9_-]+)\\s*(?:=\\s*(?:\"([^\"]*)\"|([^\\s,\"]*)))?");

    /** Reads all lines of the field joined by commas; {@code null} stands for none. */
    public static CacheControl parse(@Nullable String field) {
        var directives = new TreeMap<String, String>();
        if (field != null) {
            DIRECTIVE.matcher(field).results().forEach(found -> {
                String quoted = found.group(2);
                String plain = found.group(3);
                directives.putIfAbsent(found.group(1).toLowerCase(Locale.ROOT),
                        quoted != null ? quoted : plain != null ? plain : "");
            });
        }
        return new CacheControl(directives);
    }

    public boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** The directive's argument in seconds; empty if it is absent or not a number. */
    public OptionalLong seconds(String directive) {
        String value = directives.getOrDefault(directive, "");
        return value.matches("\\d{1,12}") ? OptionalLong.of(Long.parseLong(value)) : OptionalLong.empty();
    }
}
