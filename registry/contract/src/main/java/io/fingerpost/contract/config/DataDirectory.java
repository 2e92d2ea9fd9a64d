package io.fingerpost.contract.config;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one folder in which a process keeps things: private to its user, and locked so that no two processes share it.
 */
public final class DataDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Creates the folder if it is missing, and takes it.
     *
     * @throws ConfigException if it is somebody else's, cannot be written, or another process has it
     */
    public static DataDirectory open(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path, PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rwx------")));
            }
            requireOwn(path);
            return new DataDirectory(path, lock(path));
        } catch (AccessDeniedException e) {
            throw new ConfigException("data directory '" + path + "': permission denied");
        } catch (FileAlreadyExistsException e) {
            throw new ConfigException("data directory '" + path + "': there is a file of that name");
        } catch (FileSystemException e) {
            String why = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
            throw new ConfigException("data directory '" + path + "': " + why);
        } catch (IOException e) {
            throw new ConfigException("data directory '" + path + "': " + e.getMessage());
        }
    }

    /** Whether a process has the folder now. */
    public static boolean isTaken(Path path) {
        if (!Files.exists(path.resolve("lock"))) {
            return false;
        }
        try (var channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.WRITE);
                var lock = tryLock(channel)) {
            return lock == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireOwn(Path path) throws IOException {
        UserPrincipal owner = Files.getOwner(path);
        UserPrincipal user = currentUser(path);
        if (!owner.equals(user)) {
            throw new ConfigException("data directory '" + path + "' belongs to '" + owner.getName() + "', not to '"
                    + user.getName() + "'");
        }
    }

    /** Who owns a file made here: the system property `user.name` knows no user that has a number only, as in containers. */
    private static UserPrincipal currentUser(Path path) throws IOException {
        Path probe = Files.createTempFile(path, "owner", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        var channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new ConfigException("data directory '" + path + "' is in use by another process");
        }
        return channel; // the lock lives as long as the channel
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // taken by this very process
        }
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /**
     * The content of a file that only this user may read; made from {@code first} if there is none yet.
     *
     * @throws ConfigException if it can be neither read nor written
     */
    public byte[] privateFile(String name, Supplier<byte[]> first) {
        Path file = path.resolve(name);
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : create(file, first.get());
        } catch (IOException e) {
            throw new ConfigException("cannot keep '" + file + "': " + e.getMessage());
        }
    }

    private static byte[] create(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(temporary, content);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        return content;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new IllegalStateException("the lock of " + path + " does not close", e);
        }
    }
}
