package io.fingerpost.broker.tls;

import io.fingerpost.contract.config.HostPort;
import io.fingerpost.contract.config.OptionalHostPort;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * Where clients come in by TLS ({@code edge.tls.*}).
 *
 * @param listen empty for no TLS
 * @param certificate a PEM file with the certificate and, after it, those that vouch for it
 * @param key a PEM file with the certificate's private key
 */
public record TlsConfig(@JsonDeserialize(using = OptionalHostPort.class) Optional<HostPort> listen,
        Optional<Path> certificate, Optional<Path> key) {
    public TlsConfig {
        certificate = certificate.filter(file -> !file.toString().isBlank());
        key = key.filter(file -> !file.toString().isBlank());
        require(listen.isEmpty() || certificate.isPresent(), "certificate is needed where listen is set, was empty");
        require(listen.isEmpty() || key.isPresent(), "key is needed where listen is set, was empty");
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
