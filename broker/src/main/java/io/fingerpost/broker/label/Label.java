package io.fingerpost.broker.label;

import io.fingerpost.broker.rules.Share;
import io.fingerpost.broker.rules.Terms;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.http.HeaderFields;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The verdict whether a resource may be shared, and why. */
public sealed interface Label {
    /**
     * The origin says that anybody may have these bytes.
     *
     * @param size of the representation in bytes
     * @param freshFor how long that is believed
     * @param headers what each holder replays
     */
    record Shareable(long size, Duration freshFor, ReplayedHeaders headers) implements Label {
        /** The strong entity tag, without which nothing is shareable. */
        public String etag() {
            return Objects.requireNonNull(headers.get("ETag"));
        }
    }

    /** It does not. */
    record Refused(Refusal why) implements Label {}

    /** Why a resource is not shared. */
    enum Refusal {
        BY_RULE, NOT_PUBLIC, NOT_FRESH, NO_STRONG_VALIDATOR, SETS_COOKIE, VARIES, CODED, UNKNOWN_SIZE, NOT_REPLAYABLE;

        /** Lower case with dashes, as it stands in fields and metrics. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * Reads the label off a 200 answer's fields (RFC 9111 §3 and our own rules: nothing that sets a cookie or varies by more
     * than the coding, and identity coding only).
     *
     * @param terms what the operator says: whether the origin has to say `public`, and how long its silence is good for
     * @param fields all lines of a field joined by commas, or null if it is absent
     */
    static Label of(HeaderFields fields, Terms terms) {
        var cacheControl = CacheControl.parse(fields.get("Cache-Control"));
        Duration fresh = freshness(cacheControl, fields, terms.freshFor());
        OptionalLong size = size(fields.get("Content-Length"));
        return refusal(cacheControl, fresh, size, fields, terms.share())
                .<Label>map(Refused::new)
                .orElseGet(() -> replayable(size.orElseThrow(), fresh, fields));
    }

    private static Label replayable(long size, Duration fresh, HeaderFields fields) {
        var replayed = new HashMap<String, String>();
        for (String name : ReplayedHeaders.NAMES) {
            String value = fields.get(name);
            if (value != null) {
                replayed.put(name, value);
            }
        }
        try {
            return new Shareable(size, fresh, new ReplayedHeaders(replayed));
        } catch (IllegalArgumentException e) {
            return new Refused(Refusal.NOT_REPLAYABLE); // too long, or not clean enough to be sent by others
        }
    }

    private static Optional<Refusal> refusal(CacheControl cacheControl, Duration fresh, OptionalLong size,
            HeaderFields fields, Share share) {
        if (share == Share.NO) {
            return Optional.of(Refusal.BY_RULE);
        }
        boolean isPublic = share == Share.YES || cacheControl.has("public");
        if (!isPublic || cacheControl.has("private") || cacheControl.has("no-store")
                || cacheControl.has("no-cache")) {
            return Optional.of(Refusal.NOT_PUBLIC);
        }
        if (!fresh.isPositive()) {
            return Optional.of(Refusal.NOT_FRESH);
        }
        if (fields.get("Set-Cookie") != null) {
            return Optional.of(Refusal.SETS_COOKIE);
        }
        String vary = fields.get("Vary");
        if (vary != null && !vary.strip().equalsIgnoreCase("Accept-Encoding")) {
            return Optional.of(Refusal.VARIES);
        }
        String coding = fields.get("Content-Encoding");
        if (coding != null && !coding.equalsIgnoreCase("identity")) {
            return Optional.of(Refusal.CODED);
        }
        if (!isStrong(fields.get("ETag"))) {
            return Optional.of(Refusal.NO_STRONG_VALIDATOR);
        }
        return size.isEmpty() ? Optional.of(Refusal.UNKNOWN_SIZE) : Optional.empty();
    }

    /** A strong entity tag (RFC 9110 §8.8.3): parts from anywhere may be combined under it. */
    static boolean isStrong(@Nullable String etag) {
        return etag != null && etag.matches("\"[!#-~\\x80-\\xff]*\"");
    }

    private static Duration freshness(CacheControl cacheControl, HeaderFields fields, Duration otherwise) {
        OptionalLong shared = cacheControl.seconds("s-maxage");
        OptionalLong lifetime = shared.isPresent() ? shared : cacheControl.seconds("max-age");
        Duration fresh = lifetime.isPresent()
                ? Duration.ofSeconds(lifetime.getAsLong())
                : untilExpires(fields.get("Expires"), fields.get("Date"), otherwise);
        String age = fields.get("Age");
        return age != null && age.matches("\\d{1,12}") ? fresh.minusSeconds(Long.parseLong(age)) : fresh;
    }

    private static Duration untilExpires(@Nullable String expires, @Nullable String date, Duration otherwise) {
        if (expires == null) {
            return otherwise;
        }
        if (date == null) {
            return Duration.ZERO;
        }
        try {
            return Duration.between(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME),
                    ZonedDateTime.parse(expires, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return Duration.ZERO; // RFC 9111 §5.3: an invalid date means already expired
        }
    }

    private static OptionalLong size(@Nullable String contentLength) {
        long size = contentLength != null && contentLength.matches("\\d{1,13}") ? Long.parseLong(contentLength) : 0;
        return size > 0 && size <= PieceLayout.MAX_SIZE ? OptionalLong.of(size) : OptionalLong.empty();
    }
}
