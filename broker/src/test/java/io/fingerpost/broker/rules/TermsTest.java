package io.fingerpost.broker.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TermsTest {
    private static Terms ignoring(String... cookies) {
        return TestTerms.with(NameSet.parse(List.of(cookies)), NameSet.ALL);
    }

    private static Terms counting(String... parameters) {
        return TestTerms.with(NameSet.NONE, NameSet.parse(List.of(parameters)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"_ga=1", "_ga=1; _gid_x=2", "_gid=a=b;_ga", " _ga = 1 ;", ""})
    void cookiesThatAreAllKnownToBeHarmlessAreIgnored(String field) {
        assertThat(ignoring("_ga", "_gid*").ignoresAll(field)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"session=1", "_ga=1; session=2", "_ga2=1", "=_ga", "_ga=1;session", "_GA=1"})
    void oneThatIsNotIsEnoughNotTo(String field) {
        assertThat(ignoring("_ga", "_gid*").ignoresAll(field)).isFalse();
    }

    @Test
    void withoutARuleNoCookieIsIgnored() {
        assertThat(TestTerms.DEFAULT.ignoresAll("")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"v=1&utm_source=x, v=1", "utm_source=x&v=1, v=1", "utm=x,''", "v, v", "v=1&v=2, v=1&v=2",
            "v=a&&lang_x=b, v=a&lang_x=b", "'',''", "V=1,''", "=v,''", "x=v=1,''"})
    void onlyParametersThatCountMakeAnotherResource(String query, String counted) {
        assertThat(counting("v", "lang*").counted(query)).isEqualTo(counted);
    }

    @Test
    void allCountUnlessARuleSaysOtherwise() {
        assertThat(TestTerms.DEFAULT.counted("b&a=1&&=")).isEqualTo("b&a=1&&=");
        assertThat(counting().counted("b&a=1")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*a", "a*b", "**"})
    void aStarStandsAtTheEndOnly(String name) {
        assertThatThrownBy(() -> NameSet.parse(List.of(name))).isInstanceOf(IllegalArgumentException.class);
    }
}
