package io.fingerpost.registry.locality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.testing.MmdbFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadDatabaseTest {
    private static final Map<String, Object> AS = Map.of("autonomous_system_number", 64500);

    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("geo.mmdb");
    }

    private static MmdbFile good() {
        var good = new MmdbFile(6, 24);
        for (int i = 0; i < 50; i++) {
            good.put(new byte[] {(byte) (i * 5), (byte) i}, 16, Map.of("autonomous_system_number", i + 1,
                    "autonomous_system_organization", "A provider of that number"));
        }
        return good;
    }

    private Locator load() {
        return Locator.load(new LocalityConfig(List.of(), 32, 64, Optional.of(file), Optional.empty()));
    }

    private void assertRefused(String why) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(this::load)
                .withMessageStartingWith("bad value '" + file + "' for 'locality.asn-database': ")
                .withMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void aMissingFile() {
        assertRefused("there is no such file");
    }

    @Test
    void aFolder() throws IOException {
        Files.createDirectory(file);

        assertRefused("it cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "network,asn\n1.0.0.0/24,13335\n", "\u00ab\u00cd\u00efMaxMind.com"})
    void whatIsNoDatabase(String content) throws IOException {
        Files.writeString(file, content, StandardCharsets.ISO_8859_1);

        assertRefused("it is no MaxMind database, or only a part of one");
    }

    @Test
    void aFileThatEndsEarly() throws IOException {
        byte[] whole = good().toBytes();
        for (int length : new int[] {whole.length / 4, whole.length / 2, whole.length - 250, whole.length - 50}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused("it is no MaxMind database, or only a part of one");
        }
    }

    @Test
    void aFileThatLacksItsBeginning() throws IOException {
        byte[] whole = good().toBytes();
        Files.write(file, Arrays.copyOfRange(whole, whole.length - 300, whole.length));

        assertRefused("it is damaged");
    }

    @Test
    void aFileThatIsZeroWhereTheTreeShouldBe() throws IOException {
        byte[] damaged = good().toBytes();
        Arrays.fill(damaged, 600, 900, (byte) 0); // nodes that lead to the first one
        Files.write(file, damaged);

        assertRefused("it is damaged: its search tree leads nowhere");
    }

    @Test
    void aTreeOfFewNodesWithMoreWaysThroughItThanThereIsTimeFor() throws IOException {
        byte[] bomb = new MmdbFile(6, 24).put(new byte[16], 128, AS).toBytes();
        for (int node = 0; node < 127; node++) { // each with both its records to the next
            System.arraycopy(bomb, node * 6, bomb, node * 6 + 3, 3);
        }
        Files.write(file, bomb);

        assertRefused("its search tree is too large");
    }

    @Test
    void aDatabaseOfOtherThings() {
        new MmdbFile(4, 24).put("1.0.0.0/24", Map.of("country", Map.of("iso_code", "DE"))).write(file);

        assertRefused("no network in it has 'autonomous_system_number'");
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Locator.load(new LocalityConfig(List.of(),
                32, 64, Optional.empty(), Optional.of(new MmdbFile(4, 24).put("1.0.0.0/24", AS).write(file)))))
                .withMessage("bad value '" + file + "' for 'locality.country-database': no network in it has "
                        + "'country.iso_code'");
    }

    @Test
    void aDatabaseWithoutNetworks() {
        new MmdbFile(6, 24).write(file);

        assertRefused("no network in it has 'autonomous_system_number'");
    }

    @Test
    void aNumberThatIsNone() {
        new MmdbFile(4, 24).put("1.0.0.0/24", Map.of("autonomous_system_number", "AS64500")).write(file);

        assertRefused("it is damaged: ");
    }

    @Test
    void dataInDataWithoutEnd() throws IOException {
        Map<String, Object> deep = new HashMap<>(Map.of("x", 1));
        for (int i = 0; i < 3; i++) {
            deep = new HashMap<>(Map.of("autonomous_system_number", deep));
        }
        byte[] endless = new MmdbFile(4, 24).put("1.0.0.0/24", deep).toBytes();
        int first = 24 * 6 + 16; // nodes, separator
        endless[first] = 0x20; // a pointer to itself
        endless[first + 1] = 0;
        Files.write(file, endless);

        assertRefused("it is damaged: ");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aFileWithWrongBytesIsReadOrRefusedInOneLineAndInTime(long seed) throws IOException {
        var random = new Random(seed);
        byte[] whole = good().toBytes();
        int refused = 0;
        for (int i = 0; i < 250; i++) {
            byte[] damaged = whole.clone();
            for (int j = random.nextInt(1, 8); j > 0; j--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            Files.write(file, damaged);
            try {
                load();
            } catch (ConfigException e) {
                refused++;
                assertThat(e.getMessage()).startsWith("bad value '" + file + "' for 'locality.asn-database': ")
                        .doesNotContain("\n");
            }
        }
        assertThat(refused).isBetween(50, 250);
    }
}
