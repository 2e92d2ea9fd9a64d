package io.fingerpost.broker.routing;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which paths are not taken: those that two servers in a row may read as different resources. Sharing one of them under the
 * label of the other would break promise 5.
 */
final class PathRules {
    private static final List<String> ENCODED = List.of("%2f", "%5c", "%00");

    private PathRules() {}

    /** What is wrong with an undecoded path; null if nothing is. */
    static @Nullable String defect(String path) {
        if (!path.startsWith("/")) {
            return "a path begins with a slash";
        }
        if (path.indexOf('%') >= 0) {
            String lower = path.toLowerCase(Locale.ROOT);
            if (ENCODED.stream().anyMatch(lower::contains)) {
                return "encoded slashes and NUL are not allowed in a path";
            }
            return plainDefect(lower.replace("%2e", "."));
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
