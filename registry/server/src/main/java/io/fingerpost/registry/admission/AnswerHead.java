package io.fingerpost.registry.admission;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Status and header fields of what a stranger answered (RFC 9112 §4, §5).
 *
 * @param status 0 if there is none
 * @param fields by their names in lower case; the first of each name
 */
record AnswerHead(int status, Map<String, String> fields) {
    private static final int MAX_LENGTH = 4096;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)( .*)?");

    /** Takes the head off {@code in}, and nothing of what follows it. */
    static AnswerHead read(InputStream in) throws IOException {
        String[] lines = text(in).split("\r\n", -1);
        var status = STATUS_LINE.matcher(lines[0]);
        var fields = new TreeMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                        lines[i].substring(colon + 1).strip());
            }
        }
        return new AnswerHead(status.matches() ? Integer.parseInt(status.group(1)) : 0, fields);
    }

    private static String text(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the answer was not HTTP");
            }
            if (head.length() == MAX_LENGTH) {
                throw new IOException("the answer's head is longer than " + MAX_LENGTH + " bytes");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Nullable
    String field(String name) {
        return fields.get(name);
    }
}
