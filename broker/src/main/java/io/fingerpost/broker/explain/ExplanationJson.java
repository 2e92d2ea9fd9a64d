package io.fingerpost.broker.explain;

import java.util.List;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes explanations as JSON: for reading, or as the value of a header field. */
public final class ExplanationJson {
    /** Most characters of a header field's value. */
    public static final int MAX_LINE = 4_096;
    /** More candidates never fit. */
    private static final int MAX_CANDIDATES = 20;
    /** Longest text that is left when all is too long even without a candidate; each character may take six. */
    private static final int MAX_TEXT = 100;

    private final JsonMapper json = JsonMapper.builder().disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** Over many lines, with one at the end. */
    public String pretty(Explanation explanation) {
        return json.writerWithDefaultPrettyPrinter().writeValueAsString(explanation) + "\n";
    }

    /** One line of visible ASCII and spaces, of at most {@link #MAX_LINE} characters: with as many candidates as fit. */
    public String line(Explanation explanation) {
        for (int count = Math.min(explanation.candidates().size(), MAX_CANDIDATES); count >= 0; count--) {
            String line = write(explanation.withCandidates(count));
            if (line.length() <= MAX_LINE) {
                return line;
            }
        }
        return write(shortened(explanation));
    }

    /** DEL is ASCII, but not visible. */
    private String write(Explanation explanation) {
        return json.writeValueAsString(explanation).replace("\u007f", "\\u007f");
    }

    /** What anybody may make long is cut, and what the operator may is left out. */
    private static Explanation shortened(Explanation whole) {
        var asked = whole.request();
        var decided = whole.decision();
        return new Explanation(whole.at(),
                new Explanation.Request(cut(asked.method()), cut(asked.path()), null, asked.site(),
                        asked.verifies(), null),
                null, null, whole.holders(), whole.lookedAt(), List.of(),
                new Explanation.Outcome(decided.action(), decided.reason(),
                        decided.detail() == null ? null : cut(decided.detail()), decided.peer(),
                        decided.endpoint(), decided.alternates()));
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) + "…" : text;
    }
}
