package io.fingerpost.registry.locality;

import io.fingerpost.contract.config.ConfigException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells where an address is. Safe on an I/O thread: it reads memory only, and allocates no more than its answer and what the JDK
 * hands out an IPv6 address in.
 */
public final class Locator {
    private final LocalityConfig config;
    private final AddressRanges sites;
    private final AddressRanges asns;
    private final AddressRanges countries;

    private Locator(LocalityConfig config, AddressRanges sites, AddressRanges asns, AddressRanges countries) {
        this.config = config;
        this.sites = sites;
        this.asns = asns;
        this.countries = countries;
    }

    /**
     * Reads the databases, which takes a few seconds for a million networks; the files are not needed afterwards.
     *
     * @throws ConfigException that names key and file if one cannot be used
     */
    public static Locator load(LocalityConfig config) {
        return new Locator(config, sites(config.sites()),
                read("asn-database", config.asnDatabase(), new DatabaseFile.Field<>(AsnRecord.class, AsnRecord::value,
                        "autonomous_system_number")),
                read("country-database", config.countryDatabase(), new DatabaseFile.Field<>(CountryRecord.class,
                        CountryRecord::value, "country.iso_code")));
    }

    private static AddressRanges sites(List<LocalityConfig.Site> sites) {
        Map<Cidr, Integer> networks = new HashMap<>();
        for (int i = 0; i < sites.size(); i++) {
            for (String network : sites.get(i).networks()) {
                networks.put(Cidr.parse(network), i + 1);
            }
        }
        return AddressRanges.of(networks);
    }

    private static AddressRanges read(String key, Optional<Path> path, DatabaseFile.Field<?> field) {
        if (path.isEmpty()) {
            return AddressRanges.NONE;
        }
        try {
            return DatabaseFile.read(path.get(), field);
        } catch (UnusableDatabase e) {
            throw new ConfigException("bad value '" + path.get() + "' for 'locality." + key + "': " + e.getMessage());
        }
    }

    /** Where it is. */
    public Place locate(InetAddress address) {
        if (address instanceof Inet4Address ipv4) {
            return ofIpv4(AddressBits.ipv4(ipv4.getAddress(), 0));
        }
        byte[] bytes = address.getAddress();
        return AddressBits.isMapped(bytes)
                ? ofIpv4(AddressBits.ipv4(bytes, 12))
                : ofIpv6(AddressBits.ipv6Top(bytes));
    }

    private Place ofIpv4(int address) {
        return new Place(sites.ofIpv4(address), Place.ipv4Network(address, config.ipv4Prefix()),
                asns.ofIpv4(address), countries.ofIpv4(address));
    }

    private Place ofIpv6(long top) {
        return new Place(sites.ofIpv6(top), Place.ipv6Network(top, config.ipv6Prefix()), asns.ofIpv6(top),
                countries.ofIpv6(top));
    }

    /** The label of a place's site; empty if it has none. The place has to be one of this locator's. */
    public String siteLabel(Place place) {
        return place.site() == 0 ? "" : config.sites().get(place.site() - 1).label();
    }

    /** The network of a place, in CIDR notation. The place has to be one of this locator's. */
    public String network(Place place) {
        try {
            if (place.isIpv6()) {
                byte[] address = ByteBuffer.allocate(16).putLong(place.network()).array();
                return InetAddress.getByAddress(address).getHostAddress() + "/" + config.ipv6Prefix();
            }
            byte[] address = ByteBuffer.allocate(4).putInt((int) place.network()).array();
            return InetAddress.getByAddress(address).getHostAddress() + "/" + config.ipv4Prefix();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 bytes are addresses", e);
        }
    }
}
