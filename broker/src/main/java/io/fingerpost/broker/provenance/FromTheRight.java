package io.fingerpost.broker.provenance;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a comma-separated field, the last one first.
 *
 * <p>Quotes are matched from the right as well: one that a client left open on the left must not swallow what a proxy appended.
 */
final class FromTheRight implements Iterator<String> {
    private final String text;
    /** Where the elements end that are still to come; -1 if there are none. */
    private int end;

    /** @param field null if it is absent */
    FromTheRight(@Nullable String field) {
        this.text = field == null ? "" : field;
        this.end = field == null ? -1 : text.length();
    }

    @Override
    public boolean hasNext() {
        return end >= 0;
    }

    @Override
    public String next() {
        if (end < 0) {
            throw new NoSuchElementException();
        }
        int comma = end - 1;
        boolean quoted = false;
        while (comma >= 0 && (quoted || text.charAt(comma) != ',')) {
            quoted ^= text.charAt(comma) == '"';
            comma--;
        }
        String element = text.substring(comma + 1, end).strip();
        end = comma;
        return element;
    }
}
