package io.fingerpost.broker.label;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheControlTest {
    @Test
    void namesAreComparedWithoutCase() {
        var control = CacheControl.parse("Public, MAX-AGE=60");

        assertThat(control.has("public")).isTrue();
        assertThat(control.seconds("max-age")).hasValue(60);
    }

    @Test
    void anAbsentFieldHasNoDirectives() {
        assertThat(CacheControl.parse(null).directives()).isEmpty();
    }

    @Test
    void aQuotedArgumentIsOneArgument() {
        var control = CacheControl.parse("private=\"set-cookie, public\", max-age=\"60\"");

        assertThat(control.has("private")).isTrue();
        assertThat(control.has("public")).as("a word in quotes is no directive").isFalse();
        assertThat(control.seconds("max-age")).hasValue(60);
    }

    @Test
    void theFirstOfTwoIsBelieved() {
        assertThat(CacheControl.parse("max-age=1, max-age=100").seconds("max-age")).hasValue(1);
    }

    @Test
    void aDirectiveInsideAnotherNameIsNotFound() {
        assertThat(CacheControl.parse("x-public, not-private").has("public")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=soon",
            "max-age=9999999999999"})
    void anArgumentThatIsNoNumberOfSecondsIsNone(String field) {
        assertThat(CacheControl.parse(field).seconds("max-age")).isEmpty();
    }
}
