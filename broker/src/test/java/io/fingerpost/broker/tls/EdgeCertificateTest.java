package io.fingerpost.broker.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresTool("openssl")
@Timeout(60)
class EdgeCertificateTest {
    @TempDir
    Path directory;

    private TestCertificate files;

    @BeforeEach
    void make() {
        files = TestCertificate.in(directory, "first");
    }

    private EdgeCertificate load() {
        return new EdgeCertificate(files.config(), InstantSource.system());
    }

    /** The certificate that a client which trusts {@code trusted} gets to see. */
    private static X509Certificate shown(EdgeCertificate edge, TestCertificate trusted, String version)
            throws Exception {
        try (var server = (SSLServerSocket) edge.context().getServerSocketFactory().createServerSocket(0, 1,
                InetAddress.getLoopbackAddress())) {
            var served = CompletableFuture.runAsync(() -> serveOne(server), Thread::startVirtualThread);
            try (var client = (SSLSocket) TestCertificate.trust(trusted).getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort())) {
                client.setEnabledProtocols(new String[] {version});
                client.startHandshake();
                assertThat(client.getInputStream().read()).isEqualTo('x');
                return (X509Certificate) client.getSession().getPeerCertificates()[0];
            } finally {
                served.handle((_, _) -> null).join();
            }
        }
    }

    private static void serveOne(SSLServerSocket server) {
        try (var connection = server.accept()) {
            connection.getOutputStream().write('x');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    @ParameterizedTest
    @CsvSource({"rsa:2048, TLSv1.3", "rsa:2048, TLSv1.2", "ed25519, TLSv1.3", "ed25519, TLSv1.2", "ec, TLSv1.3",
            "ec, TLSv1.2"})
    void everyKindOfKeyServesInBothVersions(String kind, String version) throws Exception {
        files = kind.equals("ec")
                ? TestCertificate.in(directory, "it")
                : TestCertificate.in(directory, "it", "-newkey", kind);

        assertThat(name(shown(load(), files, version))).isEqualTo("CN=it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"P-256", "P-384", "P-521"})
    void anEcKeyInItsOldFormIsRead(String curve) throws Exception {
        files = TestCertificate.in(directory, "it", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + curve);
        convertKey("ec");

        assertThat(Files.readString(files.key())).contains("BEGIN EC PRIVATE KEY");
        assertThat(name(shown(load(), files, "TLSv1.3"))).isEqualTo("CN=it");
    }

    @Test
    void anRsaKeyInItsOldFormIsRead() throws Exception {
        files = TestCertificate.in(directory, "it", "-newkey", "rsa:2048");
        convertKey("rsa", "-traditional");

        assertThat(Files.readString(files.key())).contains("BEGIN RSA PRIVATE KEY");
        assertThat(name(shown(load(), files, "TLSv1.3"))).isEqualTo("CN=it");
    }

    private void convertKey(String... how) {
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(how));
        command.addAll(List.of("-in", files.key().toString(), "-out", files.key().toString()));
        TestCertificate.run(command.toArray(String[]::new));
    }

    @Test
    void certificateAndKeyMayStandInOneFileAmongOtherText() throws Exception {
        Path both = directory.resolve("both.pem");
        Files.writeString(both, "subject=CN\r\n" + Files.readString(files.key()) + "\n# and\n"
                + Files.readString(files.certificate()).replace("\n", "\r\n"));
        var config = new TlsConfig(Optional.empty(), Optional.of(both), Optional.of(both));

        var edge = new EdgeCertificate(config, InstantSource.system());

        assertThat(name(shown(edge, files, "TLSv1.3"))).isEqualTo("CN=first");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | there is no CERTIFICATE",
            "rubbish | there is no CERTIFICATE",
            "'-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----' | a certificate cannot be read",
            "'-----BEGIN CERTIFICATE-----\nMIIB=====\n-----END CERTIFICATE-----' | is not Base64",
            "'-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' | a certificate cannot be read"})
    void aBadCertificateIsNamed(String content, String why) throws IOException {
        Files.writeString(files.certificate(), content.replace("\\n", "\n"));

        assertThatThrownBy(this::load).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("bad value '" + files.certificate() + "' for 'edge.tls.certificate': ")
                .hasMessageContaining(why).hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | there is no PRIVATE KEY",
            "'-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----' | is not one of EC, RSA, Ed25519",
            "'-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----' | on none of the curves",
            "'-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----' | openssl pkcs8 -topk8"})
    void aBadKeyIsNamedButNotShown(String content, String why) throws IOException {
        Files.writeString(files.key(), content.replace("\\n", "\n"));

        assertThatThrownBy(this::load).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("bad value '" + files.key() + "' for 'edge.tls.key': ")
                .hasMessageContaining(why).hasMessageNotContainingAny("\n", "MIIB");
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws IOException {
        Files.delete(files.key());

        assertThatThrownBy(this::load).isInstanceOf(ConfigException.class)
                .hasMessage("bad value '" + files.key() + "' for 'edge.tls.key': there is no such file");
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        for (String kind : List.of("ed25519", "rsa:2048")) {
            var other = TestCertificate.in(directory, "other", "-newkey", kind);
            var config = new TlsConfig(Optional.empty(), Optional.of(files.certificate()), Optional.of(other.key()));

            assertThatThrownBy(() -> new EdgeCertificate(config, InstantSource.system()))
                    .isInstanceOf(ConfigException.class).hasMessageContaining("not the key of the first certificate");
        }
    }

    @Test
    void aCertificateOutOfDateIsUsedNevertheless() throws Exception {
        var edge = new EdgeCertificate(files.config(), InstantSource.fixed(Instant.parse("2100-01-01T00:00:00Z")));

        assertThat(name(shown(edge, files, "TLSv1.3"))).isEqualTo("CN=first");
        assertThat(edge.expiry()).isBetween(Instant.now(), Instant.now().plus(Duration.ofDays(31)));
    }

    @Test
    void theNextHandshakeGetsWhatWasReloaded() throws Exception {
        var edge = load();
        var second = TestCertificate.in(directory, "second", "-newkey", "rsa:2048", "-days", "90");
        second.replace(files);

        edge.reload();

        assertThat(name(shown(edge, second, "TLSv1.3"))).isEqualTo("CN=second");
    }

    @Test
    void whatCannotBeUsedLeavesTheOldOneInItsPlace() throws Exception {
        var edge = load();
        var trusted = TestCertificate.in(directory, "copy");
        files.replace(trusted);
        TestCertificate.in(directory, "second")
                .replace(new TestCertificate(files.certificate(), directory.resolve("x")));

        assertThatThrownBy(edge::reload).isInstanceOf(ConfigException.class).hasMessageContaining("'edge.tls.key'");

        assertThat(name(shown(edge, trusted, "TLSv1.3"))).isEqualTo("CN=first");
    }

    @Test
    void newFilesAreNoticed() throws Exception {
        try (var edge = load()) {
            edge.start();
            var before = edge.expiry();
            Files.writeString(files.key(), "half a file");
            TestCertificate.in(directory, "second", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-days",
                    "90").replace(files);

            await().atMost(Duration.ofSeconds(20)).until(() -> edge.expiry().isAfter(before));

            assertThat(name(shown(edge, files, "TLSv1.3"))).isEqualTo("CN=second");
        }
    }

    /** Kubernetes swaps the directory behind a symbolic link. */
    @Test
    void aSwappedLinkIsNoticed() throws Exception {
        Path old = Files.createDirectory(directory.resolve("old"));
        Path young = Files.createDirectory(directory.resolve("young"));
        TestCertificate.in(old, "tls");
        TestCertificate.in(young, "tls", "-newkey", "ed25519", "-days", "90");
        Path link = Files.createSymbolicLink(directory.resolve("data"), old);
        files = new TestCertificate(link.resolve("tls.crt"), link.resolve("tls.key"));
        try (var edge = load()) {
            edge.start();
            var before = edge.expiry();

            Path next = Files.createSymbolicLink(directory.resolve("data.new"), young);
            Files.move(next, link, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);

            await().atMost(Duration.ofSeconds(20)).until(() -> edge.expiry().isAfter(before));
        }
    }
}
