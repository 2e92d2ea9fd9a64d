package io.fingerpost.contract.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {
    private static final String PEER = "http://peer.example:8080/x";

    @Test
    void isReadFromWhatTheBrokerSends() {
        List<Link> links = Link.parse("<" + PEER + ">; rel=duplicate; pri=1");

        assertThat(links).containsExactly(new Link(PEER, Map.of("rel", "duplicate", "pri", "1")));
    }

    @Test
    void isReadFromALineOfSeveral() {
        List<Link> links = Link
                .parse("<a>;rel=duplicate;pri=2 ,\t<b>; rel=describedby; type=\"application/metalink4+xml\",<c>");

        assertThat(links).extracting(Link::target).containsExactly("a", "b", "c");
        assertThat(links.get(1).parameters()).containsEntry("type", "application/metalink4+xml");
    }

    @Test
    void mayHaveCommasAndSemicolonsInTargetAndQuotes() {
        List<Link> links = Link.parse("<a,b;c>; title=\"x, <y>; rel=z\"; rel=duplicate, <d>");

        assertThat(links).extracting(Link::target).containsExactly("a,b;c", "d");
        assertThat(links.get(0).parameters()).containsExactlyInAnyOrderEntriesOf(
                Map.of("title", "x, <y>; rel=z", "rel", "duplicate"));
    }

    @Test
    void mayHaveEscapedQuotesInQuotes() {
        List<Link> links = Link.parse("<a>; title=\"say \\\"hi\\\", \\\\; rel=duplicate\", <b>");

        assertThat(links).extracting(Link::target).containsExactly("a", "b");
        assertThat(links.get(0).parameters()).containsExactly(Map.entry("title", "say \"hi\", \\; rel=duplicate"));
    }

    @ParameterizedTest
    @CsvSource({"duplicate, true", "DUPLICATE, true", "next duplicate, true", "'a\tduplicate  b', true",
            "duplicates, false",
            "'', false", "'next,duplicate', false"})
    void hasEachRelationOfItsList(String rel, boolean expected) {
        assertThat(new Link("a", Map.of("rel", rel)).is("duplicate")).isEqualTo(expected);
    }

    @Test
    void takesOnlyTheFirstRelParameter() {
        Link link = Link.parse("<a>; REL=next; rel=duplicate").getFirst();

        assertThat(link.is("next")).isTrue();
        assertThat(link.is("duplicate")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "999999, 999999", "'', 999999", "-1, 999999", "1000000, 999999", "1e3, 999999", "+1, 999999"})
    void hasTheWorstPriorityUnlessItSaysABetterOne(String pri, int expected) {
        assertThat(new Link("a", Map.of("pri", pri)).priority()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a", "a; rel=duplicate", "<a", "<a; rel=duplicate", "\"<a>\"", ",<a>",
            "rel=duplicate, <a>"})
    void isLeftOutIfItCannotBeRead(String field) {
        assertThat(Link.parse(field)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"<a> junk, <b>", "<a>; title=\"x\" junk, <b>", "<a>, b", "<a>,", "<a>; title=\"open, <b>",
            "<a>;;;"})
    void endsTheListWhereItCannotBeRead(String field) {
        assertThat(Link.parse(field)).extracting(Link::target).containsExactly("a");
    }

    @Test
    void mayHaveParametersOfAnyShape() {
        Link link = Link.parse("<a> ; pref ;=x;  geo = de ; type=a=b/c;depth=\"1\"").getFirst();

        assertThat(link.parameters()).containsExactlyInAnyOrderEntriesOf(
                Map.of("pref", "", "", "x", "geo", "de", "type", "a=b/c", "depth", "1"));
    }

    @Test
    void isOneOfNoMoreThan32() {
        assertThat(Link.parse("<a>, ".repeat(100))).hasSize(32);
    }
}
