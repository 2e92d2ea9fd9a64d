package io.fingerpost.broker.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Gives each handshake the identity of the moment.
 *
 * <p>A handshake asks for an alias first and then, by it, for certificate and key. Each identity has an alias of its own and the
 * ones before stay known for a while, so that no handshake gets the certificate of one and the key of the other.
 */
final class HandshakeIdentities extends X509ExtendedKeyManager {
    /** A handshake would have to last as long as so many exchanges to miss what it began with. */
    private static final int KNOWN = 16;

    /** The current one first. */
    private volatile List<Named> known;

    private record Named(int number, Identity identity) {
        String alias() {
            return Integer.toString(number);
        }
    }

    HandshakeIdentities(Identity first) {
        this.known = List.of(new Named(0, first));
    }

    Identity current() {
        return known.getFirst().identity;
    }

    synchronized void exchange(Identity next) {
        var named = new Named(known.getFirst().number + 1, next);
        known = Stream.concat(Stream.of(named), known.stream()).limit(KNOWN).toList();
    }

    private @Nullable Identity find(String alias) {
        return known.stream().filter(named -> named.alias().equals(alias)).findFirst().map(Named::identity)
                .orElse(null);
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
        Named named = known.getFirst();
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
