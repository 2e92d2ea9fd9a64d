package io.fingerpost.contract.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.contract.UploadBudget;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line carries, written with its unit as `900bit/s`, `500kbit/s`, `20Mbit/s` or `1Gbit/s`; the units are decimal.
 *
 * @param bitsPerSecond 1 to {@link UploadBudget#MAX_RATE}
 */
public record BitRate(long bitsPerSecond) {
    private static final String WANTED = "a rate such as 500kbit/s, 20Mbit/s or 1Gbit/s is wanted, up to 1000Gbit/s";
    private static final Pattern FORM = Pattern.compile("(\\d{1,13})\\s*(bit/s|kbit/s|Mbit/s|Gbit/s)");
    private static final Map<String, Long> FACTOR = Map.of("bit/s", 1L, "kbit/s", 1_000L, "Mbit/s", 1_000_000L,
            "Gbit/s",
            1_000_000_000L);

    public BitRate {
        if (bitsPerSecond < 1 || bitsPerSecond > UploadBudget.MAX_RATE) {
            throw new IllegalArgumentException(WANTED);
        }
    }

    /** A number alone says neither bits nor bytes. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    @SuppressWarnings("DoNotCallSuggester") // Jackson calls it
    static BitRate withoutUnit(long number) {
        throw new IllegalArgumentException("the unit is missing: " + WANTED + ", was " + number);
    }

    @JsonCreator
    public static BitRate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(WANTED);
        }
        long factor = FACTOR.getOrDefault(form.group(2), 1L);
        long number = Long.parseLong(form.group(1));
        if (number > UploadBudget.MAX_RATE / factor) {
            throw new IllegalArgumentException(WANTED);
        }
        return new BitRate(number * factor);
    }
}
