package io.fingerpost.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final byte[] KEY = "a key".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;
    private Path data;

    @BeforeEach
    void nameTheDirectory() {
        data = folder.resolve("var/fingerpost");
    }

    @Test
    void isMadePrivate() throws IOException {
        try (var directory = DataDirectory.open(data)) {
            assertThat(directory.resolve("x")).isEqualTo(data.resolve("x"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data))).isEqualTo("rwx------");
        }
    }

    @Test
    void keepsAPrivateFileAcrossRestarts() throws IOException {
        try (var directory = DataDirectory.open(data)) {
            assertThat(directory.privateFile("key", () -> KEY)).isEqualTo(KEY);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("key"))))
                    .isEqualTo("rw-------");
        }

        try (var directory = DataDirectory.open(data)) {
            assertThat(directory.privateFile("key", () -> new byte[0])).isEqualTo(KEY);
        }
    }

    @Test
    void makesAPrivateFileAnewIfAKillLeftItHalfWritten() throws IOException {
        try (var directory = DataDirectory.open(data)) {
            Files.writeString(data.resolve("key.new"), "a k");

            assertThat(directory.privateFile("key", () -> KEY)).isEqualTo(KEY);
            assertThat(data.resolve("key")).hasBinaryContent(KEY);
            assertThat(data.resolve("key.new")).doesNotExist();
        }
    }

    @Test
    void saysThatAPrivateFileCannotBeKept() throws IOException {
        try (var directory = DataDirectory.open(data)) {
            Files.createDirectory(data.resolve("key"));

            assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> directory.privateFile("key", () -> KEY))
                    .withMessageStartingWith("cannot keep '" + data.resolve("key") + "'");
        }
    }

    @Test
    void isTakenWhileItIsOpen() {
        assertThat(DataDirectory.isTaken(data)).isFalse();
        try (var _ = DataDirectory.open(data)) {
            assertThat(DataDirectory.isTaken(data)).isTrue();
            assertRefused("in use by another process");
        }

        assertThat(DataDirectory.isTaken(data)).isFalse();
        DataDirectory.open(data).close();
    }

    @Test
    void belongsToOneProcessAtATime() throws IOException, InterruptedException {
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Holder.class.getName(), data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (var said = other.inputReader()) {
            assertThat(said.readLine()).isEqualTo("open");

            assertThat(DataDirectory.isTaken(data)).isTrue();
            assertRefused("in use by another process");
        } finally {
            other.destroyForcibly();
        }

        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        DataDirectory.open(data).close(); // a lock does not outlive its process, not even one that was killed
    }

    /** The other process: opens the folder and keeps it until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            try (var _ = DataDirectory.open(Path.of(args[0]))) {
                System.out.println("open");
                System.in.read();
            }
        }
    }

    @Test
    void isNotTakenFromSomebodyElse() throws IOException {
        assumeTrue(Files.getOwner(folder).getName().equals("root"), "only root can give a folder away");
        Files.createDirectories(data);
        Files.setAttribute(data, "unix:uid", 54_321);

        assertRefused("belongs to '54321', not to 'root'");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void isNotMadeWhereAFileIs() throws IOException {
        Files.createDirectories(data.getParent());
        Files.createFile(data);

        assertRefused("there is a file of that name");
    }

    @Test
    void isNotMadeBelowAFile() throws IOException {
        Files.createFile(folder.resolve("var"));

        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> DataDirectory.open(data))
                .withMessageStartingWith("data directory '" + data + "'");
    }

    private void assertRefused(String reason) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> DataDirectory.open(data))
                .withMessageStartingWith("data directory '" + data + "'")
                .withMessageContaining(reason);
    }
}
