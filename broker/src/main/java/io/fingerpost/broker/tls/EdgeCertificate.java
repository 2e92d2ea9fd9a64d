package io.fingerpost.broker.tls;

import io.fingerpost.contract.config.ConfigException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the edge. It is read anew on demand, and by itself when its files have changed; one that cannot be used leaves
 * the old one in its place.
 */
public final class EdgeCertificate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeCertificate.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final IdentityFiles files;
    private final InstantSource clock;
    private final HandshakeIdentities keys;
    private final Thread watch = Thread.ofVirtual().name("certificate-watch").unstarted(this::watch);
    /** What was tried last, be it in use or not. */
    private IdentityFiles.Content tried;

    /**
     * Reads it.
     *
     * @throws ConfigException that names the key and the file that cannot be used
     */
    public EdgeCertificate(TlsConfig config, InstantSource clock) {
        this.files = new IdentityFiles(config.certificate().orElseThrow(), config.key().orElseThrow());
        this.clock = clock;
        this.tried = files.read();
        this.keys = new HandshakeIdentities(files.identity(tried));
        warnOfExpiry();
    }

    /** For the server's side of handshakes: each gets what is in use at its time. */
    public SSLContext context() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform has no TLS", e);
        }
    }

    /** From when on clients will refuse what is in use. */
    public Instant expiry() {
        return keys.current().expiry();
    }

    /** Looks after the files from now on. */
    public void start() {
        watch.start();
    }

    /**
     * Reads the files again; connections that exist are not disturbed.
     *
     * @throws ConfigException if they cannot be used: then what was in use stays
     */
    public synchronized void reload() {
        use(files.read());
    }

    private void use(IdentityFiles.Content content) {
        tried = content;
        Identity next = files.identity(content);
        if (!next.equals(keys.current())) {
            keys.exchange(next);
            LOG.atInfo().addKeyValue("expiry", next.expiry()).log("the edge has a new certificate");
            warnOfExpiry();
        }
    }

    private void warnOfExpiry() {
        if (expiry().isBefore(clock.instant())) {
            LOG.atWarn().addKeyValue("expiry", expiry())
                    .log("the edge's certificate is out of date; clients refuse it");
        }
    }

    private void watch() {
        try {
            IdentityFiles.Content before = tried;
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(BETWEEN_LOOKS);
                before = look(before);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** Takes what is new and was the same at the last look: two files are not written at one time. */
    private synchronized IdentityFiles.Content look(IdentityFiles.Content before) {
        try {
            var now = files.read();
            if (now.equals(before) && !now.equals(tried)) {
                use(now);
            }
            return now;
        } catch (ConfigException e) {
            LOG.atError().addKeyValue("reason", e.getMessage()).log("the edge keeps its certificate");
            return before;
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
