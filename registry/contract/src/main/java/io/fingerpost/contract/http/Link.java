package io.fingerpost.contract.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One link of a `Link` field (RFC 8288). */
public record Link(String target, Map<String, String> parameters) {
    /** Most links that are read from one field; the rest is ignored. */
    private static final int MAX_LINKS = 32;

    public Link {
        parameters = Map.copyOf(parameters);
    }

    /** Whether this link has the relation type {@code relation}. */
    public boolean is(String relation) {
        return List.of(parameters.getOrDefault("rel", "").toLowerCase(Locale.ROOT).split("\\s+")).contains(relation);
    }

    /** `pri` of RFC 6249: lower is better, absent is the worst. */
    public int priority() {
        String value = parameters.getOrDefault("pri", "");
        return value.matches("\\d{1,6}") ? Integer.parseInt(value) : 999_999;
    }

    /** Reads one field line by the algorithm of RFC 8288 appendix B.2; what cannot be read is left out. */
    public static List<Link> parse(String field) {
        var links = new ArrayList<Link>();
        var in = new Scan(field);
        while (links.size() < MAX_LINKS && in.skipIf('<')) {
            String target = in.until(">");
            if (!in.skipIf('>')) {
                break;
            }
            var parameters = new TreeMap<String, String>();
            while (in.skipIf(';')) {
                String name = in.until("=;,").strip().toLowerCase(Locale.ROOT);
                String value = in.skipIf('=') ? in.value() : "";
                parameters.putIfAbsent(name, value);
            }
            links.add(new Link(target, parameters));
            if (!in.skipIf(',')) {
                break;
            }
        }
        return links;
    }

    /** A cursor over the field. */
    private static final class Scan {
        private final String text;
        private int at;

        Scan(String text) {
            this.text = text;
        }

        boolean skipIf(char wanted) {
            skipBlanks();
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        /** Everything up to the first of {@code ends}, which stays. */
        String until(String ends) {
            int start = at;
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        String value() {
            return skipIf('"') ? quoted() : until(";,").strip();
        }

        /** The rest of a quoted string, whose backslashes take away what the next character means. */
        private String quoted() {
            var value = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' && at + 1 < text.length() ? 1 : 0;
                value.append(text.charAt(at++));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }

        private void skipBlanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
    }
}
