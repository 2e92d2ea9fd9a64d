package io.fingerpost.contract.http;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The request field `Prefer`, of which `wait` alone counts here: how long the client would wait for a better answer (RFC 7240 §4.3). */
public final class PreferField {
    public static final String NAME = "Prefer";
    /** On the answer: that the client's preference counted (§3). */
    public static final String APPLIED = "Preference-Applied";
    /** A day is longer than anybody is made to wait. */
    private static final Pattern WAIT = Pattern.compile("wait\\s?=\\s?\"?(\\d{1,5})\"?(\\s?;.*)?",
            Pattern.CASE_INSENSITIVE);

    private PreferField() {}

    /** @param time of which whole seconds count */
    public static String waiting(Duration time) {
        return "wait=" + time.toSeconds();
    }

    /** How long the client waits; zero if it does not say, or nothing that makes sense. The first preference counts (§2). */
    public static Duration waiting(@Nullable String field) {
        for (String preference : field == null ? new String[0] : field.split(",", -1)) {
            Matcher wait = WAIT.matcher(preference.strip());
            if (wait.matches()) {
                return Duration.ofSeconds(Long.parseLong(wait.group(1)));
            }
        }
        return Duration.ZERO;
    }
}
