package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Objects;

/**
 * Which paths are meant: `*` stands for any characters of one segment, `**` for any at all, everything else for itself.
 *
 * <p>The match takes time in proportion to the path's length, whatever the path: a client chooses that.
 */
public final class PathPattern {
    private static final int MAX_LENGTH = 256;

    private final String text;
    /** What comes before the first star. */
    private final String beginning;
    /** What comes after it, a star as {@link #SEGMENT} and two as {@link #ANY}; empty if there is no star. */
    private final int[] rest;
    private static final int SEGMENT = -1;
    private static final int ANY = -2;

    private PathPattern(String text) {
        int star = text.indexOf('*');
        this.text = text;
        this.beginning = star < 0 ? text : text.substring(0, star);
        this.rest = star < 0 ? new int[0] : tokens(text.substring(star));
    }

    /** @throws IllegalArgumentException if {@code text} is no pattern */
    @JsonCreator
    public static PathPattern parse(String text) {
        if (!text.startsWith("/") && !text.startsWith("*") || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a path of at most " + MAX_LENGTH + " characters is wanted, such as /games/** or /assets/*.js");
        }
        if (text.contains("***") || text.contains("?") || text.contains("#")) {
            throw new IllegalArgumentException("a path has no more than two stars in a row, no query and no fragment");
        }
        return new PathPattern(text);
    }

    private static int[] tokens(String text) {
        var tokens = new int[text.length()];
        int count = 0;
        for (int at = 0; at < text.length(); at++) {
            boolean two = text.startsWith("**", at);
            char c = text.charAt(at);
            tokens[count++] = two ? ANY : c == '*' ? SEGMENT : c;
            at += two ? 1 : 0;
        }
        return Arrays.copyOf(tokens, count);
    }

    public boolean matches(String path) {
        if (!path.startsWith(beginning)) {
            return false;
        }
        if (rest.length <= 1) { // by far the most frequent kinds need no look at each character
            return rest.length == 0
                    ? path.length() == beginning.length()
                    : rest[0] == ANY || path.indexOf('/', beginning.length()) < 0;
        }
        return matchesRest(path);
    }

    /** All places of the pattern at which one may be after some of the path. */
    private boolean matchesRest(String path) {
        var places = new boolean[rest.length + 1];
        places[0] = true;
        skipStars(places);
        for (int at = beginning.length(); at < path.length(); at++) {
            step(places, path.charAt(at));
        }
        return places[rest.length];
    }

    private void step(boolean[] places, char c) {
        for (int i = rest.length; i > 0; i--) {
            boolean stays = i < rest.length && places[i] && (rest[i] == ANY || rest[i] == SEGMENT && c != '/');
            places[i] = stays || places[i - 1] && rest[i - 1] == c;
        }
        places[0] = places[0] && (rest[0] == ANY || rest[0] == SEGMENT && c != '/');
        skipStars(places);
    }

    /** A star may stand for nothing. */
    private void skipStars(boolean[] places) {
        for (int i = 0; i < rest.length; i++) {
            places[i + 1] |= places[i] && rest[i] < 0;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PathPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return Objects.hash(text);
    }

    @JsonValue
    @Override
    public String toString() {
        return text;
    }
}
