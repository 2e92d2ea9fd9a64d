package io.fingerpost.registry.admission;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork.IPAddressGenerator;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A set of networks. IPv4 in IPv6 clothes is IPv4, as the JDK hands it out. */
public final class Networks {
    private static final Pattern CIDR = Pattern
            .compile("((0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]+)(/\\d{1,3})?");

    private final List<IPAddress> networks;

    private Networks(List<IPAddress> networks) {
        this.networks = networks;
    }

    /** @param cidrs networks in CIDR notation; {@link IllegalArgumentException} names the first that is none */
    public static Networks parse(List<String> cidrs) {
        return new Networks(cidrs.stream().map(Networks::network).toList());
    }

    /**
     * One network; its bits behind the prefix are zero.
     *
     * @param cidr an address without a prefix is a network of one
     * @throws IllegalArgumentException that names what is no network
     */
    public static IPAddress network(String cidr) {
        // The library reads much more: ranges, wildcards, and 10/8 as what it is in C, 0.0.0.10/8.
        var parsed = CIDR.matcher(cidr).matches() ? new IPAddressString(cidr).getAddress() : null;
        if (parsed == null) {
            throw new IllegalArgumentException("'" + cidr + "' is not a network such as 10.0.0.0/8");
        }
        return parsed.toPrefixBlock();
    }

    public boolean contains(InetAddress address) {
        return find(address).isPresent();
    }

    /** The first that has {@code address}, in CIDR notation. */
    public Optional<String> find(InetAddress address) {
        if (networks.isEmpty()) {
            return Optional.empty();
        }
        IPAddress plain = new IPAddressGenerator().from(address.getAddress()); // without the zone of a link-local address
        return networks.stream().filter(network -> network.contains(plain)).findFirst()
                .map(IPAddress::toCanonicalString);
    }
}
