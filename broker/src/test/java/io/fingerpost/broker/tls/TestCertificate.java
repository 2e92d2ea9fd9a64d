package io.fingerpost.broker.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for this machine's loopback addresses that vouches for itself, made by the program `openssl`. */
public record TestCertificate(Path certificate, Path key) {
    /** One with an EC key. */
    public static TestCertificate in(Path directory, String name) {
        return in(directory, name, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    /** @param options of `openssl req`, above all which key */
    public static TestCertificate in(Path directory, String name, String... options) {
        var made = new TestCertificate(directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
        var command = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-subj", "/CN=" + name, "-addext",
                "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost", "-keyout", made.key.toString(), "-out",
                made.certificate.toString()));
        command.addAll(List.of(options));
        run(command.toArray(String[]::new));
        return made;
    }

    /** Runs a program that has to succeed. */
    static void run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Puts these files in the place of others, each in one step. */
    public void replace(TestCertificate other) throws IOException {
        move(key, other.key);
        move(certificate, other.certificate);
    }

    private static void move(Path from, Path to) throws IOException {
        Path copy = Files.copy(from, to.resolveSibling(to.getFileName() + ".new"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    TlsConfig config() {
        return new TlsConfig(Optional.empty(), Optional.of(certificate),
                Optional.of(key));
    }

    /** For a client that trusts these certificates and no other. */
    public static SSLContext trust(TestCertificate... certificates) {
        try {
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(keyStore(certificates));
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A file for the system property `javax.net.ssl.trustStore`. */
    public Path trustStore(String password) {
        Path file = certificate.resolveSibling(certificate.getFileName() + ".p12");
        try (var out = Files.newOutputStream(file)) {
            keyStore(this).store(out, password.toCharArray());
            return file;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore keyStore(TestCertificate... certificates) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (TestCertificate each : certificates) {
            trusted.setCertificateEntry(each.certificate.toString(), CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(each.certificate))));
        }
        return trusted;
    }
}
