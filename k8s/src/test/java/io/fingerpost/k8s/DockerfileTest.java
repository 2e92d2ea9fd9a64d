package io.fingerpost.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The images fit the programs. No engine builds them here; {@link DockerfileIT} runs what they would run. */
@ParameterizedClass
@ValueSource(strings = {"broker", "agent"})
class DockerfileTest {
    @Parameter
    private String program;
    private Dockerfile image;

    @BeforeEach
    void read() throws IOException {
        image = Dockerfile.of(program);
    }

    @Test
    void runsAsANumberedUserThatIsNotRootAndHasAName() {
        int user = image.user();

        assertThat(user).isPositive();
        assertThat(image.only("USER")).isEqualTo(user + ":" + user);
        assertThat(image.only("RUN")).contains("groupadd --gid " + user + " ", "useradd --uid " + user + " --gid "
                + user + " ");
    }

    @Test
    void keepsItsDataInAFolderOfItsOwnBelowTheVolumeThatBelongsToTheUser() {
        var volume = Path.of(image.only("VOLUME"));

        assertThat(data()).startsWithRaw(volume).isNotEqualTo(volume);
        assertThat(image.only("RUN")).contains("--owner=" + image.user() + " --group=" + image.user()
                + " --mode=0700 " + volume);
    }

    @Test
    void exposesThePortsThatTheProgramHasByDefault() {
        var wanted = program.equals("broker")
                ? List.of(Programs.brokerDefaults().edge().listen().orElseThrow().port(),
                        Programs.brokerDefaults().admin().listen().port())
                : List.of(Programs.agentDefaults().listen().port());

        assertThat(image.ports()).containsExactlyInAnyOrderElementsOf(wanted);
    }

    @Test
    void listensWhereOthersThanTheContainerCanAskWhatIsExposed() throws IOException {
        if (program.equals("broker")) {
            var config = Programs.broker(start("--origin", "http://origin"));

            assertThat(config.edge().listen().orElseThrow().isWildcard()).isTrue();
            assertThat(config.admin().listen().isWildcard()).isTrue();
            assertThat(image.ports()).contains(config.edge().listen().orElseThrow().port(),
                    config.admin().listen().port());
        } else {
            var config = Programs.agent(start("--broker", "http://broker"));

            assertThat(config.listen().isWildcard()).isTrue();
            assertThat(config.gateway().socketAddress().getAddress().isLoopbackAddress()).isTrue();
            assertThat(image.ports()).contains(config.listen().port());
        }
    }

    @Test
    void startsJavaItselfSoThatSignalsReachIt() {
        var entrypoint = image.entrypoint();

        assertThat(entrypoint).startsWith("java").contains("--sun-misc-unsafe-memory-access=allow");
        assertThat(entrypoint.indexOf("--sun-misc-unsafe-memory-access=allow")).isLessThan(entrypoint.indexOf("-jar"));
    }

    @Test
    void isBuiltFromTheRuntimeOfTheJavaThatTheProgramIsWrittenFor() {
        assertThat(image.only("FROM")).isEqualTo("eclipse-temurin:25-jre");
    }

    @Test
    void leavesHealthToThePlatform() {
        assertThat(image.all("HEALTHCHECK")).isEmpty();
    }

    private Path data() {
        return program.equals("broker")
                ? Programs.broker(start("--origin", "http://origin")).data()
                : Programs.agent(start("--broker", "http://broker")).data();
    }

    private Programs.Start start(String... more) {
        return Programs.Start.of(image, List.of(more), Map.of(), UnaryOperator.identity());
    }
}
