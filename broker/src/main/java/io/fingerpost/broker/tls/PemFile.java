package io.fingerpost.broker.tls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** What stands in a file of the textual encodings of RFC 7468; anything between the blocks is ignored. */
final class PemFile {
    private static final Pattern BLOCK = Pattern
            .compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");
    /** What Java calls the kinds of keys that TLS uses. */
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "Ed25519");

    private final List<Block> blocks;

    private record Block(String label, String base64) {
        byte[] der() throws UnusableException {
            try {
                return Base64.getMimeDecoder().decode(base64);
            } catch (IllegalArgumentException e) {
                throw new UnusableException("its " + label + " is not Base64");
            }
        }
    }

    private PemFile(List<Block> blocks) {
        this.blocks = blocks;
    }

    static PemFile parse(String content) {
        return new PemFile(BLOCK.matcher(content).results().map(found -> new Block(found.group(1), found.group(2)))
                .toList());
    }

    /** All certificates in the order of the file; at least one. */
    List<X509Certificate> certificates() throws UnusableException {
        var certificates = new ArrayList<X509Certificate>();
        for (Block block : blocks) {
            if (block.label.equals("CERTIFICATE")) {
                certificates.add(certificate(block.der()));
            }
        }
        if (certificates.isEmpty()) {
            throw new UnusableException("there is no CERTIFICATE in PEM form");
        }
        return certificates;
    }

    private static X509Certificate certificate(byte[] der) throws UnusableException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw new UnusableException("a certificate cannot be read");
        }
    }

    /** The one private key: PKCS#8, or the older forms of RSA and EC keys. */
    PrivateKey privateKey() throws UnusableException {
        var keys = blocks.stream().filter(block -> block.label.endsWith("PRIVATE KEY")).toList();
        if (keys.size() != 1) {
            throw new UnusableException(keys.isEmpty()
                    ? "there is no PRIVATE KEY in PEM form"
                    : "there are " + keys.size() + " private keys, and one is wanted");
        }
        Block key = keys.getFirst();
        return switch (key.label) {
            case "PRIVATE KEY" -> read(key.der());
            case "RSA PRIVATE KEY" -> read(LegacyKey.ofRsa(key.der()));
            case "EC PRIVATE KEY" -> read(LegacyKey.ofEc(key.der()));
            default -> throw new UnusableException("it is an " + key.label
                    + "; convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
        };
    }

    private static PrivateKey read(byte[] pkcs8) throws UnusableException {
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // one of the other kinds, then
            }
        }
        throw new UnusableException("its private key is not one of " + String.join(", ", ALGORITHMS));
    }
}
