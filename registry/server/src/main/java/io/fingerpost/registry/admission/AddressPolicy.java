package io.fingerpost.registry.admission;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which addresses and ports a peer may have: public ones, and those special ones that the operator allows by name. */
public final class AddressPolicy {
    /** Special-purpose networks (IANA registries; RFC 6890): no peer on the open internet has such an address. */
    private static final List<String> SPECIAL = List.of("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
            "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
            "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2001::/23",
            "2002::/16",
            "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8");

    /** Ports that browsers refuse to fetch from (Fetch standard, "bad port"), at 1024 and above. */
    private static final Set<Integer> BAD_PORTS = Set.copyOf(Stream
            .concat(Stream.of(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080),
                    IntStream.rangeClosed(6665, 6669).boxed())
            .toList());

    private final Networks special = Networks.parse(SPECIAL);
    private final Networks allowed;

    /** @param allow networks in CIDR notation; {@link IllegalArgumentException} names one that is not */
    public AddressPolicy(List<String> allow) {
        this.allowed = Networks.parse(allow);
    }

    /** Why a peer must not have this address; empty if it may. */
    public Optional<String> refusal(InetAddress address) {
        if (allowed.contains(address)) {
            return Optional.empty();
        }
        return special.find(address).map(network -> "its address lies in the special-purpose network " + network
                + ", which the broker's --allow-peers does not name");
    }

    /** Why a peer must not have this port; empty if it may. */
    public Optional<String> refusal(int port) {
        if (port < 1024 && port != 443) {
            return Optional.of("port " + port + " is neither 443 nor 1024 or above");
        }
        return BAD_PORTS.contains(port)
                ? Optional.of("port " + port + " is one that browsers refuse")
                : Optional.empty();
    }
}
