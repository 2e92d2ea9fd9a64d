package io.fingerpost.registry.durable;

import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.change.Change;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Tells what each change of a journal is about, in a file beside it. When a change is lost, what it was about is known from here, and
 * can be forgotten: what was withdrawn must not come back. An entry is a {@link Change#subject}, 8 bytes, and its check, 4 bytes.
 *
 * <p>Each entry is written after its change and before anybody is told that the change is kept. So a journal with less changes than
 * entries has lost some, and a change at its end that has no entry was never acknowledged.
 */
final class SubjectLog implements AutoCloseable {
    private static final int ENTRY = Long.BYTES + Integer.BYTES;

    private final LogHeader header = LogHeader.fresh();
    private final FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocate(64 * ENTRY);
    private int next;

    /** Creates the file anew. */
    SubjectLog(Path file) throws IOException {
        channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        buffer.put(header.bytes());
        flush();
    }

    void put(long subject) {
        if (buffer.remaining() < ENTRY) {
            buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
        }
        buffer.putLong(subject).putInt(check(header, next++, subject));
    }

    private static int check(LogHeader header, int number, long subject) {
        return header.check(ByteBuffer.allocate(ENTRY).putInt(number).putLong(subject).flip());
    }

    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    void force() throws IOException {
        flush();
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * What is in such a file.
     *
     * @param header empty if it cannot be read
     */
    record Content(Optional<LogHeader> header, ByteBuffer entries) {
        /**
         * Reads the file; as if nothing could be read if it is not there.
         *
         * @throws ConfigException if another version of this program has written it
         */
        static Content of(Path file) throws IOException {
            ByteBuffer all = ByteBuffer.wrap(Files.exists(file) ? Files.readAllBytes(file) : new byte[0]);
            return new Content(LogHeader.read(file, all),
                    all.limit() <= LogHeader.LENGTH
                            ? ByteBuffer.allocate(0)
                            : all.slice(LogHeader.LENGTH, all.limit() - LogHeader.LENGTH));
        }

        int count() {
            return header.isPresent() ? entries.limit() / ENTRY : 0;
        }

        /** What the change with {@code number} is about; empty if that cannot be read. */
        OptionalLong at(int number) {
            if (number >= count()) {
                return OptionalLong.empty();
            }
            long subject = entries.getLong(number * ENTRY);
            return header.isPresent()
                    && check(header.get(), number, subject) == entries.getInt(number * ENTRY + Long.BYTES)
                            ? OptionalLong.of(subject)
                            : OptionalLong.empty();
        }

        /** Whether anything of it is damaged. */
        boolean isDamaged() {
            for (int i = 0; i < count(); i++) {
                if (at(i).isEmpty()) {
                    return true;
                }
            }
            return header.isEmpty();
        }
    }
}
