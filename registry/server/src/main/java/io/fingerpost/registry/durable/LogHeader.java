package io.fingerpost.registry.durable;

import io.fingerpost.contract.config.ConfigException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * How each file of the store begins. It stands there twice, for without it nothing of the file can be read.
 *
 * @param mask is mixed into every check of the file: peers choose some of the bytes that are kept, and must not be able to make up a
 *        change that is found when what stands before it is damaged
 */
record LogHeader(int mask) {
    /** Of the files of this version; it stands where every version has it. */
    static final int LAYOUT = 3;
    /** Of both copies. */
    static final int LENGTH = 40;

    private static final byte[] MAGIC = "fpregist".getBytes(StandardCharsets.US_ASCII);
    private static final int COPY = LENGTH / 2;

    static LogHeader fresh() {
        return new LogHeader(new SecureRandom().nextInt());
    }

    ByteBuffer bytes() {
        var bytes = ByteBuffer.allocate(LENGTH);
        for (int copy = 0; copy < 2; copy++) {
            bytes.put(MAGIC).putInt(LAYOUT).putInt(mask);
            bytes.putInt(crc(bytes.slice(copy * COPY, COPY - Integer.BYTES)));
        }
        return bytes.flip();
    }

    /**
     * Reads the first copy that is whole; empty if none is.
     *
     * @param start of the file
     * @throws ConfigException if another version of this program has written the file
     */
    static Optional<LogHeader> read(Path file, ByteBuffer start) {
        for (int at = 0; at + COPY <= Math.min(start.limit(), LENGTH); at += COPY) {
            ByteBuffer copy = start.slice(at, COPY);
            boolean whole = copy.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))
                    && crc(copy.slice(0, COPY - Integer.BYTES)) == copy.getInt(COPY - Integer.BYTES);
            if (whole) {
                int layout = copy.getInt(MAGIC.length);
                if (layout != LAYOUT) {
                    throw new ConfigException("'" + file + "' has layout " + layout + ", this version reads layout "
                            + LAYOUT + ": start the version that wrote it, or move the folder away to begin anew");
                }
                return Optional.of(new LogHeader(copy.getInt(MAGIC.length + Integer.BYTES)));
            }
        }
        return Optional.empty();
    }

    /** The check of {@code bytes}, all that remain. */
    int check(ByteBuffer bytes) {
        return crc(bytes) ^ mask;
    }

    private static int crc(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
