package io.fingerpost.agent;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * The platform's TLS, made when it is first needed: an agent that has no use for it reads no certificates, and keeps some MiB and a good
 * part of its start.
 */
final class LazyTls extends SSLContextSpi {
    private LazyTls() {}

    static SSLContext context() {
        return new SSLContext(new LazyTls(), null, "TLS") {};
    }

    /** What an HTTP client would else have to ask the context for: the two versions that it takes by default. */
    static SSLParameters parameters() {
        return new SSLParameters(null, new String[] {"TLSv1.3", "TLSv1.2"});
    }

    private static SSLContext platform() {
        try {
            return SSLContext.getDefault(); // the same each time
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {
        throw new UnsupportedOperationException("it is the platform's");
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return platform().createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return platform().createSSLEngine(host, port);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return platform().getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return platform().getServerSocketFactory();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return platform().getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return platform().getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return platform().getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return platform().getSupportedSSLParameters();
    }
}
