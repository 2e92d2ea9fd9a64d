package io.fingerpost.broker.provenance;

import io.fingerpost.broker.routing.Client;
import io.fingerpost.contract.http.HeaderFields;
import io.fingerpost.registry.admission.Networks;
import java.net.InetAddress;
import java.util.Optional;

/**
 * Finds out who a client is behind proxies that the operator trusts.
 *
 * <p>Each proxy appends what it saw, so the field is read from the right, and only as far as trusted proxies have written it:
 * everything left of that is the client's own invention (RFC 7239 §8.1).
 */
final class ClientAddress {
    private static final int MAX_ENTRIES = 32;

    private final Networks trusted;
    private final ForwardedField field;

    ClientAddress(Networks trusted, ForwardedField field) {
        this.trusted = trusted;
        this.field = field;
    }

    /** @param peer who is at the other end of the connection, and whether that is TLS */
    Client find(Client peer, HeaderFields fields) {
        if (!trusted.contains(peer.address())) {
            return peer;
        }
        return switch (field) {
            case X_FORWARDED_FOR -> fromXForwardedFor(peer, fields);
            case FORWARDED -> fromForwarded(peer, fields);
        };
    }

    private Client fromXForwardedFor(Client peer, HeaderFields fields) {
        InetAddress address = peer.address();
        var entries = new FromTheRight(fields.get("X-Forwarded-For"));
        for (int i = 0; i < MAX_ENTRIES && trusted.contains(address) && entries.hasNext(); i++) {
            Optional<InetAddress> next = ForwardedNode.address(entries.next());
            if (next.isEmpty()) {
                break;
            }
            address = next.get();
        }
        var schemes = new FromTheRight(fields.get("X-Forwarded-Proto"));
        return new Client(address, secure(schemes.hasNext() ? schemes.next() : "", peer.secure()));
    }

    private Client fromForwarded(Client peer, HeaderFields fields) {
        InetAddress address = peer.address();
        boolean secure = peer.secure();
        var elements = new FromTheRight(fields.get("Forwarded"));
        for (int i = 0; i < MAX_ENTRIES && trusted.contains(address) && elements.hasNext(); i++) {
            var element = new ForwardedElement(elements.next());
            secure = secure(element.parameter("proto"), secure);
            Optional<InetAddress> next = ForwardedNode.address(element.parameter("for"));
            if (next.isEmpty()) {
                break;
            }
            address = next.get();
        }
        return new Client(address, secure);
    }

    private static boolean secure(String scheme, boolean otherwise) {
        return switch (scheme) {
            case "https" -> true;
            case "http" -> false;
            default -> otherwise;
        };
    }
}
