package io.fingerpost.agent;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where others reach this agent: what the user advertises, or where it listens, or for a wildcard the address that leads to the
 * broker, which is another one when the machine has moved to another network.
 */
final class OwnAddress {
    private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

    private final AgentConfig config;
    private final int port;
    /** Guarded by this. */
    private String last = "127.0.0.1";

    /** @param port where it listens */
    OwnAddress(AgentConfig config, int port) {
        this.config = config;
        this.port = port;
    }

    /** As it is now; as it was last, while there is no way to the broker. */
    PeerEndpoint endpoint() {
        return config.advertise().orElseGet(() -> {
            String host = config.listen().isWildcard() ? towardsBroker() : config.listen().host();
            return PeerEndpoint.parse("http://" + new HostPort(host, port));
        });
    }

    private synchronized String towardsBroker() {
        try (var socket = new DatagramSocket()) { // connecting it sends nothing, but asks for the route
            socket.connect(new InetSocketAddress(config.broker().getHost(), 9));
            last = socket.getLocalAddress().getHostAddress().replaceFirst("%.*", "");
        } catch (UncheckedIOException | IOException e) {
            LOG.debug("no way to the broker", e);
        }
        return last;
    }
}
