package io.fingerpost.broker.tls;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.List;

/** Private keys in the forms that came before PKCS#8, wrapped into it (RFC 5958 §2). */
final class LegacyKey {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = bytes("020100");
    /** rsaEncryption and its NULL parameters. */
    private static final byte[] RSA = bytes("06092a864886f70d0101010500");
    private static final byte[] EC = bytes("06072a8648ce3d0201");
    /** The curves that TLS 1.3 has: P-256, P-384 and P-521. */
    private static final List<byte[]> CURVES = List.of(bytes("06082a8648ce3d030107"), bytes("06052b81040022"),
            bytes("06052b81040023"));

    private LegacyKey() {}

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** @param pkcs1 an RSAPrivateKey (RFC 8017 §A.1.2) */
    static byte[] ofRsa(byte[] pkcs1) {
        return wrap(RSA, pkcs1);
    }

    /** @param sec1 an ECPrivateKey (RFC 5915 §3) */
    static byte[] ofEc(byte[] sec1) throws UnusableException {
        for (byte[] curve : CURVES) {
            if (HexFormat.of().formatHex(sec1).contains(HexFormat.of().formatHex(curve))) {
                return wrap(concatenated(EC, curve), sec1);
            }
        }
        throw new UnusableException("its EC key is on none of the curves P-256, P-384, P-521");
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, concatenated(VERSION_0, element(SEQUENCE, algorithm), element(OCTET_STRING, key)));
    }

    private static byte[] element(int tag, byte[] content) {
        var element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.length < 0x80) {
            element.write(content.length);
        } else {
            element.write(0x82); // two bytes of length follow, which no private key exceeds
            element.write(content.length >> 8);
            element.write(content.length);
        }
        element.writeBytes(content);
        return element.toByteArray();
    }

    private static byte[] concatenated(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
