package io.fingerpost.registry.admission;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork.IPAddressGenerator;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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

    private static final Pattern CIDR = Pattern
            .compile("((0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)(/\\d{1,3})?");

    /** Ports that browsers refuse to fetch from (Fetch standard, "bad port"), at 1024 and above. */
    private static final Set<Integer> BAD_PORTS = Set.copyOf(Stream
            .concat(Stream.of(1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080),
                    IntStream.rangeClosed(6665, 6669).boxed())
            .toList());

    private final List<IPAddress> special = SPECIAL.stream().map(AddressPolicy::network).toList();
    private final List<IPAddress> allowed;

    /** @throws IllegalArgumentException that names the first that is not a network in CIDR notation */
    public static void requireNetworks(List<String> cidrs) {
        cidrs.forEach(AddressPolicy::network);
    }

    /** @param allow networks in CIDR notation; {@link IllegalArgumentException} names one that is not */
    public AddressPolicy(List<String> allow) {
        this.allowed = allow.stream().map(AddressPolicy::network).toList();
    }

    private static IPAddress network(String cidr) {
        // The library reads much more: ranges, wildcards, and 10/8 as what it is in C, 0.0.0.10/8.
        var parsed = CIDR.matcher(cidr).matches() ? new IPAddressString(cidr).getAddress() : null;
        if (parsed == null) {
            throw new IllegalArgumentException("'" + cidr + "' is not a network such as 10.0.0.0/8");
        }
        return parsed.toPrefixBlock();
    }

    /** Why a peer must not have this address; empty if it may. IPv4 in IPv6 clothes is IPv4, as the JDK hands it out. */
    public Optional<String> refusal(InetAddress address) {
        IPAddress plain = new IPAddressGenerator().from(address);
        if (allowed.stream().anyMatch(network -> network.contains(plain))) {
            return Optional.empty();
        }
        return special.stream().filter(network -> network.contains(plain)).findFirst()
                .map(network -> "its address lies in the special-purpose network " + network.toCanonicalString()
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
