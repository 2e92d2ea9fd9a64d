package io.fingerpost.agent.fetch;

import io.fingerpost.contract.ReplayedHeaders;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How a stored answer may be used without asking (RFC 9111 §4.2, §5.2.2): only as the origin itself says, never by a guess.
 *
 * @param lifetime for how long since it was confirmed last; zero unless the origin says otherwise
 * @param allowsStale whether it may be used when it is older and nobody can be asked
 */
public record Freshness(Duration lifetime, boolean allowsStale) {
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final List<String> NEVER = List.of("no-cache", "no-store");
    private static final List<String> FOR_ONE_ONLY = List.of("no-store", "private");
    private static final List<String> NEVER_STALE = List.of("must-revalidate", "no-cache", "no-store");

    /** What the `Cache-Control` of an answer says. */
    public static Freshness of(ReplayedHeaders headers) {
        var directives = directives(Objects.requireNonNullElse(headers.get("Cache-Control"), ""));
        Duration lifetime = directives.stream().anyMatch(directive -> isOf(directive, NEVER))
                ? Duration.ZERO
                : maxAge(directives, Duration.ZERO);
        return new Freshness(lifetime, directives.stream().noneMatch(directive -> isOf(directive, NEVER_STALE)));
    }

    /** Whether an answer may not be kept for others, or at all. */
    public static boolean forbidsStoring(ReplayedHeaders headers) {
        return directives(Objects.requireNonNullElse(headers.get("Cache-Control"), "")).stream()
                .anyMatch(directive -> isOf(directive, FOR_ONE_ONLY));
    }

    /** The directives of a `Cache-Control` field, in small letters. */
    public static List<String> directives(String field) {
        return Arrays.stream(field.toLowerCase(Locale.ROOT).split(",", -1)).map(String::strip)
                .filter(directive -> !directive.isEmpty()).toList();
    }

    private static boolean isOf(String directive, List<String> names) {
        return names.contains(directive.replaceFirst("=.*", ""));
    }

    /** The smallest `max-age`; one that is no number is zero. {@code otherwise} if there is none. */
    public static Duration maxAge(List<String> directives, Duration otherwise) {
        return directives.stream().filter(directive -> directive.startsWith("max-age="))
                .map(directive -> seconds(directive.substring("max-age=".length()))).min(Duration::compareTo)
                .orElse(otherwise);
    }

    private static Duration seconds(String text) {
        String digits = text.replace("\"", "");
        if (!digits.matches("\\d+")) {
            return Duration.ZERO;
        }
        return digits.length() > 8
                ? LONGEST
                : Duration.ofSeconds(Math.min(LONGEST.toSeconds(), Long.parseLong(digits)));
    }
}
