package io.fingerpost.broker.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives each handshake the identity of the moment.
 *
 * <p>A handshake asks for an alias first and then, by it, for certificate and key. Each identity has an alias of its own and the
 * one before stays known, so that no handshake gets the certificate of one and the key of the other.
 */
final class ExchangeableKeyManager extends X509ExtendedKeyManager {
    private volatile Named current;

    private record Named(int number, Identity identity, @Nullable Named before) {
        String alias() {
            return Integer.toString(number);
        }
    }

    ExchangeableKeyManager(Identity first) {
        this.current = new Named(0, first, null);
    }

    Identity current() {
        return current.identity;
    }

    synchronized void exchange(Identity next) {
        var last = new Named(current.number, current.identity, null);
        current = new Named(current.number + 1, next, last);
    }

    private @Nullable Identity find(String alias) {
        for (Named named = current; named != null; named = named.before) {
            if (named.alias().equals(alias)) {
                return named.identity;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        return chooseAlias(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return chooseAlias(keyType);
    }

    private @Nullable String chooseAlias(String keyType) {
        Named named = current;
        return named.identity.keyType().equals(keyType) ? named.alias() : null;
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity identity = find(alias);
        return identity == null ? null : identity.chainArray();
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity identity = find(alias);
        return identity == null ? null : identity.key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = chooseAlias(keyType);
        return alias == null ? new String[0] : new String[] {alias};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null; // we are no client
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
