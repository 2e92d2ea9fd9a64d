package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemTest {
    @Test
    void isToldByItsKind() {
        var problem = Problem.of(404, "lease-unknown", "register again");

        assertThat(problem.is("lease-unknown")).isTrue();
        assertThat(problem.is("lease")).isFalse();
        assertThat(problem.title()).isEqualTo("lease unknown");
        assertThat(problem.type()).isEqualTo("urn:fingerpost:problem:lease-unknown");
    }

    @Test
    void mayHaveMembersThatWeDoNotKnow() {
        String json = """
                {"type":"about:blank","title":"Busy","status":503,"detail":"later","instance":"/x","trace":[1]}""";

        assertThat(WireJson.strict().readValue(json, Problem.class))
                .isEqualTo(new Problem("about:blank", "Busy", 503, "later"));
    }
}
