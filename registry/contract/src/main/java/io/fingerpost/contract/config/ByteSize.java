package io.fingerpost.contract.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of bytes, written as `4096`, `64KiB`, `10GiB` or `2TiB`. */
public record ByteSize(long bytes) {
    private static final String WANTED = "a size such as 4096, 64KiB or 10GiB is wanted";
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)?");
    private static final Map<String, Integer> SHIFT = Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30, "TiB", 40);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException(WANTED);
        }
    }

    @JsonCreator
    public static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(WANTED);
        }
        int shift = form.group(2) == null ? 0 : SHIFT.getOrDefault(form.group(2), 0);
        long number = Long.parseLong(form.group(1));
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("a size below 8192 PiB is wanted");
        }
        return new ByteSize(number << shift);
    }
}
