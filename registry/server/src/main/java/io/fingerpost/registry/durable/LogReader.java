package io.fingerpost.registry.durable;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.fingerpost.contract.config.ConfigException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.Optional;

/** Reads what a {@link LogWriter} wrote, and passes over what is damaged. */
final class LogReader implements AutoCloseable {
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment file;
    private final Optional<LogHeader> header;

    /** What is met in a file. */
    interface Visitor {
        /** The frame with {@code number}; they come in order. */
        void frame(int number, ByteBuffer body);

        /** Frames that are not there, or damaged: from {@code from} to before {@code to}, or all before the next that comes. */
        void lost(int from, int to);
    }

    /** @throws ConfigException if another version of this program has written the file */
    LogReader(Path path) throws IOException {
        try (var channel = FileChannel.open(path)) {
            file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            header = LogHeader.read(path, file.asSlice(0, Math.min(LogHeader.LENGTH, file.byteSize())).asByteBuffer());
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /** Whether frames can be read at all. */
    boolean isReadable() {
        return header.isPresent();
    }

    /** Bytes of the file. */
    long size() {
        return file.byteSize();
    }

    /** Shows all frames; the number that comes after the last. */
    int read(Visitor visitor) {
        int next = 0;
        if (header.isEmpty()) {
            return next;
        }
        LogHeader head = header.get();
        long at = LogHeader.LENGTH;
        while (at + LogWriter.HEAD <= file.byteSize()) {
            if (!isFrame(head, at, next)) {
                at++; // there may be one behind what is damaged
                continue;
            }
            int length = file.get(INT, at);
            int number = file.get(INT, at + 4);
            if (at + LogWriter.HEAD + length > file.byteSize()) {
                break; // torn: it was being written when the process ended
            }
            ByteBuffer body = file.asSlice(at + LogWriter.HEAD, length).asByteBuffer();
            boolean whole = head.check(body.duplicate()) == file.get(INT, at + 12);
            int from = next;
            next = number + 1;
            int lostTo = whole ? number : next;
            if (from < lostTo) {
                visitor.lost(from, lostTo);
            }
            if (whole) {
                visitor.frame(number, body);
            }
            at += LogWriter.HEAD + length;
        }
        return next;
    }

    /** Whether a frame with {@code next} or a later number begins here; the quick looks come first. */
    private boolean isFrame(LogHeader head, long at, int next) {
        int length = file.get(INT, at);
        int number = file.get(INT, at + 4);
        return length >= 0 && length <= LogWriter.MAX_BODY && number >= next
                && number <= at / LogWriter.HEAD
                && head.check(file.asSlice(at, 8).asByteBuffer()) == file.get(INT, at + 8);
    }

    @Override
    public void close() {
        arena.close();
    }
}
