package io.fingerpost.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.serve.MachineState.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineStateTest {
    private static final List<String> NOT_METERED = List.of("echo", "u 4");

    @TempDir
    private Path supplies;

    private void supply(String name, Map<String, String> attributes) throws IOException {
        Path folder = Files.createDirectory(supplies.resolve(name));
        for (var attribute : attributes.entrySet()) {
            Files.writeString(folder.resolve(attribute.getKey()), attribute.getValue() + "\n");
        }
    }

    private Optional<String> reason(Set<Reason> reasons, List<String> metered) {
        return new MachineState(reasons, supplies, supplies, metered).look();
    }

    private Optional<String> battery() {
        return reason(Set.of(Reason.BATTERY), NOT_METERED);
    }

    @Test
    void aBatteryThatIsBeingUsedIsAReason() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging"));
        supply("AC", Map.of("type", "Mains", "online", "0"));

        assertThat(battery()).contains("on battery");
        assertThat(reason(Set.of(Reason.METERED), NOT_METERED)).as("not asked for").isEmpty();
    }

    @Test
    void mainsAreNone() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Discharging"));
        supply("AC", Map.of("type", "Mains", "online", "1"));

        assertThat(battery()).isEmpty();
    }

    @Test
    void aBatteryThatIsFullOrThatOfAMouseIsNone() throws IOException {
        supply("BAT0", Map.of("type", "Battery", "status", "Full"));
        supply("hid", Map.of("type", "Battery", "scope", "Device", "status", "Discharging"));

        assertThat(battery()).isEmpty();
    }

    @Test
    void aMachineThatDoesNotTellHasNone() {
        assertThat(new MachineState(EnumSet.allOf(Reason.class), supplies.resolve("none"), supplies,
                List.of("/no/such/program")).look()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"u 1, true", "u 3, true", "u 0, false", "u 2, false", "u 4, false", "'', false", "error, false"})
    void aMeteredConnectionIsAReason(String said, boolean isMetered) {
        assertThat(reason(Set.of(Reason.METERED), List.of("echo", said)).isPresent()).isEqualTo(isMetered);
    }

    @Test
    void nobodyIsAskedWhereNobodyCouldTell() {
        assertThat(new MachineState(Set.of(Reason.METERED), supplies, supplies.resolve("none"),
                List.of("echo", "u 1")).look()).isEmpty();
    }

    @Test
    void anErrorIsNone() {
        assertThat(reason(Set.of(Reason.METERED), List.of("sh", "-c", "echo u 1; exit 1"))).isEmpty();
    }
}
