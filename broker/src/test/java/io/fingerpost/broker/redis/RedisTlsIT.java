package io.fingerpost.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.testing.redis.FreePort;
import io.fingerpost.testing.redis.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that share a Redis over TLS, as a user with a password. */
class RedisTlsIT {
    private static final String TRUST = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";
    private static final Duration TO_SHARE = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @AfterEach
    void trustAsBefore() {
        System.clearProperty(TRUST);
        System.clearProperty(TRUST_PASSWORD);
    }

    @Test
    void shareOnlyWithARedisThatTheyTrust() throws Exception {
        var certificate = TestCertificate.in(directory, "redis");
        int port = FreePort.choose();
        String url = "rediss://anna:secret@127.0.0.1:" + port;
        try (var _ = RedisProcess.withTls(port, certificate.certificate(), certificate.key(), "anna", "secret")) {
            try (var system = SharedSystem.start(directory.resolve("strangers"), url)) {
                assertThat(system.ofFirst().source()).isEqualTo(SteadyClient.Source.ORIGIN);
                assertThat(system.isSharing()).isFalse();
            }
            System.setProperty(TRUST, certificate.trustStore("changeit").toString());
            System.setProperty(TRUST_PASSWORD, "changeit");

            try (var system = SharedSystem.start(directory.resolve("friends"), url)) {
                system.addPeer();
                system.awaitAllPeers(TO_SHARE);
                await().until(system::isSharing);
                system.assertAllAnswersWereGood();
            }
        }
    }
}
