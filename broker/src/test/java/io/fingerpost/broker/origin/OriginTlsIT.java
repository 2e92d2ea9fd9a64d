package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fingerpost.broker.BrokerFixture;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OriginTlsIT {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    Path data;

    private final AtomicInteger answered = new AtomicInteger();
    private SSLContext defaultTrust;
    private HttpsServer origin;

    @BeforeEach
    void rememberTrust() throws GeneralSecurityException {
        defaultTrust = SSLContext.getDefault();
    }

    @AfterEach
    void stop() {
        SSLContext.setDefault(defaultTrust);
        origin.stop(0);
    }

    /** Starts an origin with a certificate of its own making for {@code name}, such as `ip:127.0.0.1`. */
    private KeyStore startOrigin(String name) throws Exception {
        Path file = data.resolve("origin.p12");
        var keytool = new ProcessBuilder(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-keystore",
                file.toString(), "-storepass", new String(PASSWORD), "-alias", "origin", "-keyalg", "EC", "-dname",
                "CN=origin", "-ext", "san=" + name).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(keytool.waitFor()).isZero();
        var keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        origin = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        origin.setHttpsConfigurator(new HttpsConfigurator(context));
        origin.createContext("/", exchange -> {
            try (exchange) {
                answered.incrementAndGet();
                exchange.sendResponseHeaders(200, 6);
                exchange.getResponseBody().write("secret".getBytes(StandardCharsets.UTF_8));
            }
        });
        origin.start();
        return keys;
    }

    private static void trust(KeyStore keys) throws GeneralSecurityException, IOException {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("origin", keys.getCertificate("origin"));
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        SSLContext.setDefault(context);
    }

    private BrokerFixture broker() {
        return new BrokerFixture(data.resolve("broker"), "https://127.0.0.1:" + origin.getAddress().getPort(),
                "origin.answer-timeout=5s");
    }

    private void assertRefused() throws IOException {
        try (var broker = broker()) {
            var answer = broker.get("/");

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.headers().firstValue("Proxy-Status")).isPresent();
            assertThat(answer.body()).asString().doesNotContain("secret");
        }
        assertThat(answered).as("the request must not have been sent").hasValue(0);
    }

    @Test
    void aTrustedOriginWithItsOwnNameIsUsed() throws Exception {
        trust(startOrigin("ip:127.0.0.1"));

        try (var broker = broker()) {
            assertThat(broker.get("/").body()).asString().isEqualTo("secret");
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        startOrigin("ip:127.0.0.1");

        assertRefused();
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws Exception {
        trust(startOrigin("dns:elsewhere.example"));

        assertRefused();
    }
}
