package io.fingerpost.agent;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where others reach this agent: what the user advertises, or where it listens, or for a wildcard the addresses that lead to the
 * broker, one for each version of the Internet Protocol, which are others when the machine has moved to another network.
 */
final class OwnAddress {
    private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

    private final AgentConfig config;
    private final int port;
    private volatile List<String> last = List.of("127.0.0.1");

    /** @param port where it listens */
    OwnAddress(AgentConfig config, int port) {
        this.config = config;
        this.port = port;
    }

    /** As it is now; as it was last, while there is no way to the broker. */
    List<PeerEndpoint> endpoints() {
        if (!config.advertise().isEmpty()) {
            return config.advertise();
        }
        var hosts = config.listen().isWildcard() ? towardsBroker() : List.of(config.listen().host());
        return hosts.stream().map(host -> PeerEndpoint.parse("http://" + new HostPort(host, port))).toList();
    }

    private List<String> towardsBroker() {
        Map<Class<?>, String> byFamily = new LinkedHashMap<>();
        for (InetAddress address : brokerAddresses()) {
            byFamily.computeIfAbsent(address.getClass(), _ -> towards(address));
        }
        last = byFamily.isEmpty() ? last : List.copyOf(byFamily.values());
        return last;
    }

    private InetAddress[] brokerAddresses() {
        try {
            return InetAddress.getAllByName(config.broker().getHost());
        } catch (UnknownHostException e) {
            LOG.debug("no way to the broker", e);
            return new InetAddress[0];
        }
    }

    /** Null if there is no way. */
    private static @Nullable String towards(InetAddress address) {
        try (var socket = new DatagramSocket()) { // connecting it sends nothing, but asks for the route
            socket.connect(new InetSocketAddress(address, 9));
            return socket.getLocalAddress().getHostAddress().replaceFirst("%.*", "");
        } catch (UncheckedIOException | UnsupportedAddressTypeException | IOException e) {
            LOG.debug("no way to the broker", e);
            return null;
        }
    }
}
