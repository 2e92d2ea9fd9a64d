package io.fingerpost.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.DataDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdentityTest {
    private static final byte[] MESSAGE = "a nonce".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;
    private DataDirectory data;

    @BeforeEach
    void open() {
        data = DataDirectory.open(directory);
    }

    @AfterEach
    void close() {
        data.close();
    }

    private Path file() {
        return directory.resolve("identity.key");
    }

    @Test
    void staysTheSameOverRestarts() {
        var first = Identity.load(data);
        var second = Identity.load(data);

        assertThat(second.peerId()).isEqualTo(first.peerId());
        assertThat(second.key()).isEqualTo(first.key());
        assertThat(second.key().verifies(MESSAGE, first.sign(MESSAGE))).isTrue();
    }

    @Test
    void differsFromEveryOther(@TempDir Path elsewhere) {
        try (var other = DataDirectory.open(elsewhere)) {
            assertThat(Identity.load(other).peerId()).isNotEqualTo(Identity.load(data).peerId());
        }
    }

    @Test
    void signsWithTheKeyThatItShows() {
        var identity = Identity.load(data);

        assertThat(identity.key().verifies(MESSAGE, identity.sign(MESSAGE))).isTrue();
        assertThat(identity.key().verifies("another".getBytes(StandardCharsets.UTF_8), identity.sign(MESSAGE)))
                .isFalse();
        assertThat(identity.peerId()).isEqualTo(identity.key().peerId());
    }

    @Test
    void keepsItsKeyFromOtherUsers() throws IOException {
        Identity.load(data);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("identity.key",
                    "lock");
        }
    }

    static Stream<byte[]> damages() {
        return Stream.of(new byte[0], new byte[3], new byte[200], "hello, this is no key at all".getBytes(
                StandardCharsets.UTF_8), ByteBuffer.allocate(100).putInt(-1).array(),
                ByteBuffer.allocate(100).putInt(Integer.MAX_VALUE).array(),
                ByteBuffer.allocate(100).putInt(96).array());
    }

    @ParameterizedTest
    @MethodSource("damages")
    void saysInOneLineThatAFileIsNoKey(byte[] damaged) throws IOException {
        Files.write(file(), damaged);

        assertRefused();
        assertThat(Files.readAllBytes(file())).as("nothing is overwritten").isEqualTo(damaged);
    }

    @Test
    void saysInOneLineThatAFileWasCutShort() throws IOException {
        Identity.load(data);
        byte[] whole = Files.readAllBytes(file());
        for (int length : new int[] {1, 20, 60, whole.length - 1}) {
            Files.write(file(), Arrays.copyOf(whole, length));

            assertRefused();
        }
    }

    /** Such a key could never prove anything, and the registry would only say that the proof is wrong. */
    @Test
    void saysInOneLineThatTheHalvesDoNotBelongTogether() throws IOException {
        Identity.load(data);
        byte[] content = Files.readAllBytes(file());
        content[30] ^= 1; // within the private half
        Files.write(file(), content);

        assertRefused();
    }

    private void assertRefused() {
        assertThatThrownBy(() -> Identity.load(data)).isInstanceOfSatisfying(ConfigException.class,
                e -> assertThat(e.getMessage()).contains(file().toString()).doesNotContain("\n"));
    }
}
