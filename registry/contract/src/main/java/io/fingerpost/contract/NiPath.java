package io.fingerpost.contract;

import java.util.Optional;

/** The path under which peers serve a representation: it names the bytes and leaks no path of the origin (RFC 6920 §4). */
public final class NiPath {
    /** Everything before the digest. */
    public static final String PREFIX = "/.well-known/ni/sha-256/";

    private NiPath() {}

    public static String of(Sha256 digest) {
        return PREFIX + digest.base64Url();
    }

    /** The digest that {@code path} names; empty for any other path. */
    public static Optional<Sha256> parse(String path) {
        if (!path.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Sha256.parse(path.substring(PREFIX.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
