package io.fingerpost.registry.locality;

import io.fingerpost.contract.config.BadKey;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the operator tells of where addresses are ({@code locality.*}).
 *
 * @param sites an address is of the one that has the smallest network around it
 * @param ipv4Prefix IPv4 addresses that have so many bits in common are of one network; 1 to 32
 * @param ipv6Prefix the same for IPv6; 1 to 64
 * @param asnDatabase a file in MaxMind's format, for autonomous systems
 * @param countryDatabase a file in MaxMind's format, for countries
 */
public record LocalityConfig(List<Site> sites, int ipv4Prefix, int ipv6Prefix, Optional<Path> asnDatabase,
        Optional<Path> countryDatabase) {
    private static final int MAX_SITES = 10_000;
    private static final int MAX_NETWORKS = 100_000;

    public LocalityConfig {
        sites = List.copyOf(sites);
        asnDatabase = asnDatabase.filter(file -> !file.toString().isBlank());
        countryDatabase = countryDatabase.filter(file -> !file.toString().isBlank());
        require(ipv4Prefix >= 1 && ipv4Prefix <= 32, "ipv4-prefix must be 1 to 32, was " + ipv4Prefix);
        require(ipv6Prefix >= 1 && ipv6Prefix <= 64, "ipv6-prefix must be 1 to 64, was " + ipv6Prefix);
        require(sites.size() <= MAX_SITES, "at most " + MAX_SITES + " sites are taken, not " + sites.size());
        int networks = sites.stream().mapToInt(site -> site.networks.size()).sum();
        require(networks <= MAX_NETWORKS, "at most " + MAX_NETWORKS + " networks are taken, not " + networks);
        requireDistinct(sites);
    }

    /**
     * A place that the operator knows.
     *
     * @param label its name
     * @param networks in CIDR notation; IPv6 up to /64
     */
    public record Site(String label, List<String> networks) {
        private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9._-]{1,64}");

        public Site {
            networks = List.copyOf(networks);
            if (!LABEL.matcher(label).matches()) {
                throw new BadKey("label", "1 to 64 letters, digits, '.', '_' and '-' are wanted");
            }
            for (int i = 0; i < networks.size(); i++) {
                try {
                    Cidr.parse(networks.get(i));
                } catch (IllegalArgumentException e) {
                    throw new BadKey("networks[" + i + "]", String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private static void requireDistinct(List<Site> sites) {
        Set<String> labels = new HashSet<>();
        Map<Cidr, String> owners = new HashMap<>();
        for (int i = 0; i < sites.size(); i++) {
            Site site = sites.get(i);
            if (!labels.add(site.label)) {
                throw new BadKey("sites[" + i + "].label", "another site has this label");
            }
            for (int j = 0; j < site.networks.size(); j++) {
                String owner = owners.putIfAbsent(Cidr.parse(site.networks.get(j)), site.label);
                if (owner != null) {
                    throw new BadKey("sites[" + i + "].networks[" + j + "]",
                            "the site " + owner + " has this network already");
                }
            }
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
