package io.fingerpost.broker.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fingerpost.contract.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The two files that an identity is read from. What is wrong with one is a {@link ConfigException} that names it. */
record IdentityFiles(Path certificate, Path key) {
    private static final int MAX_BYTES = 1 << 20;
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA");

    /**
     * What stood in them at one time.
     *
     * @param problem why one could not be read; else empty
     */
    record Content(String certificate, String key, String problem) {
        /** Never the key. */
        @Override
        public String toString() {
            return "Content[problem=" + problem + "]";
        }
    }

    /** Reads both; what cannot be read is part of the content, so that it is noticed once. */
    Content read() {
        try {
            return new Content(text("certificate", certificate), text("key", key), "");
        } catch (ConfigException e) {
            return new Content("", "", String.valueOf(e.getMessage()));
        }
    }

    private static String text(String name, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw unusable(name, file, "it is longer than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw unusable(name, file, "there is no such file");
        } catch (IOException e) {
            throw unusable(name, file, "it cannot be read: " + e.getMessage());
        }
    }

    Identity identity(Content content) {
        if (!content.problem.isEmpty()) {
            throw new ConfigException(content.problem);
        }
        var identity = new Identity(read("certificate", certificate, content.certificate, PemFile::certificates),
                read("key", key, content.key, PemFile::privateKey));
        if (!KEY_TYPES.contains(identity.keyType())) {
            throw unusable("certificate", certificate, "its kind of key, " + identity.keyType() + ", is none of "
                    + String.join(", ", KEY_TYPES));
        }
        if (!identity.belongsTogether()) {
            throw unusable("key", key, "it is not the key of the first certificate in " + certificate);
        }
        return identity;
    }

    private interface Reading<T> {
        T from(PemFile file) throws UnusableException;
    }

    private static <T> T read(String name, Path file, String content, Reading<T> reading) {
        try {
            return reading.from(PemFile.parse(content));
        } catch (UnusableException e) {
            throw unusable(name, file, String.valueOf(e.getMessage()));
        }
    }

    private static ConfigException unusable(String name, Path file, String why) {
        return new ConfigException("bad value '" + file + "' for 'edge.tls." + name + "': " + why);
    }
}
