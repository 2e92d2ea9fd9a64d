package io.fingerpost.broker.label;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.label.Label.Refusal;
import io.fingerpost.broker.label.Label.Refused;
import io.fingerpost.broker.label.Label.Shareable;
import io.fingerpost.broker.rules.TestTerms;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTest {
    private static final Map<String, String> SHAREABLE = Map.of("Cache-Control", "public, max-age=3600", "ETag",
            "\"v1\"", "Content-Length", "1000");

    private final Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    LabelTest() {
        fields.putAll(SHAREABLE);
    }

    private Label label() {
        return Label.of(fields::get, TestTerms.DEFAULT);
    }

    private void assertShareable(long size, Duration freshFor) {
        assertThat(label()).isInstanceOfSatisfying(Shareable.class, shareable -> {
            assertThat(shareable.size()).isEqualTo(size);
            assertThat(shareable.freshFor()).isEqualTo(freshFor);
        });
    }

    @Test
    void whatIsPublicFreshAndStronglyTaggedIsShareable() {
        assertShareable(1000, Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age=3600", "public, private, max-age=3600", "public, no-store, max-age=3600",
            "public, no-cache, max-age=3600", "public, max-age=3600, no-cache=\"x\"", ""})
    void whatIsNotPlainlyPublicIsRefused(String cacheControl) {
        fields.put("Cache-Control", cacheControl);

        assertThat(label()).isEqualTo(new Refused(Refusal.NOT_PUBLIC));
    }

    @Test
    void nothingSaidIsNotPublic() {
        fields.remove("Cache-Control");

        assertThat(label()).isEqualTo(new Refused(Refusal.NOT_PUBLIC));
    }

    @ParameterizedTest
    @ValueSource(strings = {"public", "public, max-age=0", "public, max-age=60, s-maxage=0", "public, max-age=never"})
    void whatIsNotExplicitlyFreshIsRefused(String cacheControl) {
        fields.put("Cache-Control", cacheControl);

        assertThat(label()).isEqualTo(new Refused(Refusal.NOT_FRESH));
    }

    @Test
    void theLifetimeForSharedCachesGoesBeforeTheOther() {
        fields.put("Cache-Control", "public, max-age=60, s-maxage=600");

        assertShareable(1000, Duration.ofMinutes(10));
    }

    @Test
    void timeSpentInCachesOnTheWayIsTakenOff() {
        fields.put("Age", "600");

        assertShareable(1000, Duration.ofMinutes(50));
    }

    @Test
    void whatGotOldOnTheWayIsNotFresh() {
        fields.put("Age", "3600");

        assertThat(label()).isEqualTo(new Refused(Refusal.NOT_FRESH));
    }

    @Test
    void expiresCountsFromTheOriginsOwnDate() {
        fields.put("Cache-Control", "public");
        fields.put("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        fields.put("Expires", "Thu, 01 Jan 2026 00:05:00 GMT");

        assertShareable(1000, Duration.ofMinutes(5));
    }

    @Test
    void maxAgeGoesBeforeExpires() {
        fields.put("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        fields.put("Expires", "Thu, 01 Jan 1970 00:00:00 GMT");

        assertShareable(1000, Duration.ofHours(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "absent", value = {
            "Thu, 01 Jan 2026 00:00:00 GMT | Thu, 01 Jan 2026 00:00:00 GMT",
            "Thu, 01 Jan 2026 00:00:00 GMT | Wed, 31 Dec 2025 00:00:00 GMT",
            "Thu, 01 Jan 2026 00:00:00 GMT | 0",
            "Thu, 01 Jan 2026 00:00:00 GMT | absent",
            "absent | Thu, 01 Jan 2026 00:05:00 GMT"})
    void anExpiresThatIsOverInvalidOrWithoutADateIsNotFresh(String date, String expires) {
        fields.put("Cache-Control", "public");
        fields.put("Date", date);
        fields.put("Expires", expires);

        assertThat(label()).isEqualTo(new Refused(Refusal.NOT_FRESH));
    }

    @Test
    void whatSetsACookieIsRefused() {
        fields.put("Set-Cookie", "session=1");

        assertThat(label()).isEqualTo(new Refused(Refusal.SETS_COOKIE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accept-Encoding", "accept-encoding", " Accept-Encoding "})
    void varyingByTheCodingAloneIsShareable(String vary) {
        fields.put("Vary", vary);

        assertThat(label()).isInstanceOf(Shareable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "Cookie", "Origin", "User-Agent", "Accept-Encoding, Cookie", "Accept"})
    void varyingByAnythingElseIsRefused(String vary) {
        fields.put("Vary", vary);

        assertThat(label()).isEqualTo(new Refused(Refusal.VARIES));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd", "gzip, identity"})
    void aCodedBodyIsRefused(String coding) {
        fields.put("Content-Encoding", coding);

        assertThat(label()).isEqualTo(new Refused(Refusal.CODED));
    }

    @Test
    void identityIsNoCoding() {
        fields.put("Content-Encoding", "identity");

        assertThat(label()).isInstanceOf(Shareable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"v1\"", "v1", "\"v1", "\"a\"b\"", "\"v 1\"", "\"v1\", \"v2\"", ""})
    void aWeakOrBrokenEntityTagIsRefused(String etag) {
        fields.put("ETag", etag);

        assertThat(label()).isEqualTo(new Refused(Refusal.NO_STRONG_VALIDATOR));
    }

    @Test
    void noEntityTagIsRefused() {
        fields.remove("ETag");

        assertThat(label()).isEqualTo(new Refused(Refusal.NO_STRONG_VALIDATOR));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "10, 10", "1099511627777"})
    void aLengthThatNoRepresentationHasIsRefused(String length) {
        fields.put("Content-Length", length);

        assertThat(label()).isEqualTo(new Refused(Refusal.UNKNOWN_SIZE));
    }

    @Test
    void theLargestRepresentationIsShareable() {
        fields.put("Content-Length", "1099511627776");

        assertShareable(1L << 40, Duration.ofHours(1));
    }

    @Test
    void anUnknownLengthIsRefused() {
        fields.remove("Content-Length");

        assertThat(label()).isEqualTo(new Refused(Refusal.UNKNOWN_SIZE));
    }

    @Test
    void theFieldsThatHoldersReplayComeWithTheLabel() {
        fields.put("Content-Type", "text/css");
        fields.put("X-Other", "1");

        assertThat(label()).isInstanceOfSatisfying(Shareable.class,
                shareable -> assertThat(shareable.headers().fields()).isEqualTo(Map.of("Cache-Control",
                        "public, max-age=3600", "ETag", "\"v1\"", "Content-Type", "text/css")));
    }

    @Test
    void aFieldThatNobodyCouldReplayIsRefused() {
        fields.put("Content-Disposition", "attachment; filename=" + "a".repeat(5000));

        assertThat(label()).isEqualTo(new Refused(Refusal.NOT_REPLAYABLE));
    }

    @Test
    void refusalsAreWrittenWithDashes() {
        assertThat(Refusal.NO_STRONG_VALIDATOR.text()).isEqualTo("no-strong-validator");
    }
}
