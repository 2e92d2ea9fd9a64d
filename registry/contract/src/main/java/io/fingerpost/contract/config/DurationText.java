package io.fingerpost.contract.config;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** Reads durations as people write them: `500ms`, `10s`, `5m`, `2h`, `7d`, or the ISO form `PT10S`. */
final class DurationText extends StdDeserializer<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");
    private static final Map<String, ChronoUnit> UNITS = Map.of("ms", ChronoUnit.MILLIS, "s", ChronoUnit.SECONDS, "m",
            ChronoUnit.MINUTES, "h", ChronoUnit.HOURS, "d", ChronoUnit.DAYS);

    DurationText() {
        super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser parser, DeserializationContext context) {
        return parse(parser.getString());
    }

    static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            return Duration.of(Long.parseLong(form.group(1)), UNITS.getOrDefault(form.group(2), ChronoUnit.SECONDS));
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("a duration such as 500ms, 10s, 5m or 2h is wanted", e);
        }
    }
}
