package io.fingerpost.contract.http;

import io.fingerpost.contract.Sha256;
import java.util.Optional;
import org.greenbytes.http.sfv.ByteSequenceItem;
import org.greenbytes.http.sfv.Dictionary;
import org.greenbytes.http.sfv.IntegerItem;
import org.greenbytes.http.sfv.ParseException;
import org.greenbytes.http.sfv.Parser;

/** Integrity fields (RFC 9530) and their ancestor (RFC 3230), for SHA-256 only. */
public final class DigestField {
    private static final String ALGORITHM = "sha-256";

    private DigestField() {}

    /** `sha-256=:…:`, the value of `Repr-Digest` and `Content-Digest`. */
    public static String format(Sha256 digest) {
        return ALGORITHM + "=:" + digest.base64() + ":";
    }

    /** `SHA-256=…`, the value of the legacy `Digest`. */
    public static String formatLegacy(Sha256 digest) {
        return "SHA-256=" + digest.base64();
    }

    /** The SHA-256 member of `Repr-Digest` or the like; empty if it has none or does not parse. */
    public static Optional<Sha256> parse(String field) {
        return member(field) instanceof ByteSequenceItem item && item.get().remaining() == Sha256.LENGTH
                ? Optional.of(Sha256.read(item.get().duplicate()))
                : Optional.empty();
    }

    /** Whether `Want-Repr-Digest` asks for SHA-256 with a preference above 0. */
    public static boolean wants(String field) {
        return member(field) instanceof IntegerItem item && item.getAsLong() > 0;
    }

    private static Object member(String field) {
        try {
            Dictionary dictionary = Parser.parseDictionary(field);
            return dictionary.get().getOrDefault(ALGORITHM, ByteSequenceItem.valueOf(new byte[0]));
        } catch (ParseException e) {
            return e; // RFC 9651 §4.2: one bad byte voids the whole field
        }
    }
}
