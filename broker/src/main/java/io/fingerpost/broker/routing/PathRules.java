package io.fingerpost.broker.routing;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which paths are not taken: those that two servers in a row may read as different resources. Sharing one of them under the
 * label of the other would break promise 5.
 */
final class PathRules {
    private static final List<String> NEVER = List.of("%5c", "%00");

    private PathRules() {}

    /**
     * What is wrong with an undecoded path; null if nothing is.
     *
     * @param encodedSlashes whether the operator knows the origin to tell `%2F` from a slash, or not to mind
     */
    static @Nullable String defect(String path, String query, boolean encodedSlashes) {
        if (!isPrintable(path) || !isPrintable(query)) {
            return "a URL has only the characters that RFC 3986 allows";
        }
        return defect(path, encodedSlashes);
    }

    /** What can stand in a field of ours as it is; HTTP/2 lets everything through. */
    private static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '#') {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String defect(String path, boolean encodedSlashes) {
        if (!path.startsWith("/")) {
            return "a path begins with a slash";
        }
        if (path.indexOf('%') >= 0) {
            String lower = path.toLowerCase(Locale.ROOT);
            if (NEVER.stream().anyMatch(lower::contains) || !encodedSlashes && lower.contains("%2f")) {
                return "encoded slashes and NUL are not allowed in a path";
            }
            String dotted = lower.replace("%2e", ".");
            // However the origin reads it: there is no way up.
            return plainDefect(dotted.contains("%2f") ? dotted.replace("%2f", "/") : dotted);
        }
        return plainDefect(path);
    }

    private static @Nullable String plainDefect(String path) {
        if (path.contains("//")) {
            return "empty segments ('//') are not allowed in a path";
        }
        if (path.contains("/.") && hasDotSegment(path)) {
            return "dot segments ('.', '..') are not allowed in a path";
        }
        return path.indexOf('\\') >= 0 ? "backslashes are not allowed in a path" : null;
    }

    private static boolean hasDotSegment(String path) {
        return path.contains("/../") || path.contains("/./") || path.endsWith("/..") || path.endsWith("/.");
    }
}
