package io.fingerpost.registry.locality;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.MmdbFile;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocatorTest {
    private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0};
    private static final byte[] SIX_TO_FOUR = {0x20, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    @TempDir
    private Path folder;

    private static Map<String, Object> as(int number) {
        return Map.of("autonomous_system_number", number, "autonomous_system_organization", "Number " + number);
    }

    private static Map<String, Object> country(String code) {
        return Map.of("country", Map.of("iso_code", code, "names", Map.of("en", "Land of " + code)), "continent",
                Map.of("code", "EU"));
    }

    private Locator locator(Optional<MmdbFile> asns, Optional<MmdbFile> countries, LocalityConfig.Site... sites) {
        return Locator.load(new LocalityConfig(List.of(sites), 32, 64,
                asns.map(file -> file.write(folder.resolve("asn.mmdb"))),
                countries.map(file -> file.write(folder.resolve("country.mmdb")))));
    }

    private Locator asns(MmdbFile file) {
        return locator(Optional.of(file), Optional.empty());
    }

    private Locator countries(MmdbFile file) {
        return locator(Optional.empty(), Optional.of(file));
    }

    private static Place place(Locator locator, String address) throws UnknownHostException {
        return locator.locate(InetAddress.getByName(address));
    }

    @Test
    void withoutAnythingConfiguredTheNetworkIsAllThatIsKnown() throws Exception {
        Locator locator = locator(Optional.empty(), Optional.empty());

        assertThat(place(locator, "192.0.2.1")).isEqualTo(new Place(0, 0xFFFF_FFFF_C000_0201L, 0, 0));
        assertThat(place(locator, "2001:db8:1:2::9")).isEqualTo(new Place(0, 0x2001_0DB8_0001_0002L, 0, 0));
    }

    @Test
    void addressesThatHaveThePrefixInCommonAreOfOneNetwork() throws Exception {
        Locator locator = Locator.load(new LocalityConfig(List.of(), 24, 56, Optional.empty(), Optional.empty()));

        assertThat(place(locator, "192.0.2.1").tierTo(place(locator, "192.0.2.255"))).isEqualTo(Tier.LOCAL);
        assertThat(place(locator, "192.0.2.1").tierTo(place(locator, "192.0.3.1"))).isEqualTo(Tier.ANYWHERE);
        assertThat(place(locator, "2001:db8::1").tierTo(place(locator, "2001:db8:0:ff::1"))).isEqualTo(Tier.LOCAL);
        assertThat(place(locator, "2001:db8::1").tierTo(place(locator, "2001:db8:0:100::1")))
                .isEqualTo(Tier.ANYWHERE);
    }

    @Test
    void aPlaceHasANetworkThatReadsWell() throws Exception {
        var locator = Locator.load(new LocalityConfig(List.of(), 24, 56, Optional.empty(), Optional.empty()));

        assertThat(List.of("203.0.113.5", "255.255.255.255", "::ffff:10.1.2.3", "2001:db8:1:2ff::1", "::1"))
                .extracting(address -> locator.network(place(locator, address)))
                .containsExactly("203.0.113.0/24", "255.255.255.0/24", "10.1.2.0/24", "2001:db8:1:200:0:0:0:0/56",
                        "0:0:0:0:0:0:0:0/56");
    }

    @Test
    void theSmallestNetworkOfAllSitesCounts() throws Exception {
        Locator locator = locator(Optional.empty(), Optional.empty(),
                new LocalityConfig.Site("berlin", List.of("10.1.0.0/16", "2001:db8:1::/48")),
                new LocalityConfig.Site("everywhere", List.of("10.0.0.0/8", "2001:db8::/32")),
                new LocalityConfig.Site("lab", List.of("10.1.2.3", "2001:db8:1:2::/64")));

        assertThat(List.of("10.1.0.0", "10.1.255.255", "10.2.0.0", "10.1.2.3", "10.1.2.4", "11.0.0.0", "2001:db8:1::1",
                "2001:db8:1:2::1", "2001:db8:2::1", "2001:db9::1"))
                .extracting(address -> locator.siteLabel(place(locator, address)))
                .containsExactly("berlin", "berlin", "everywhere", "lab", "berlin", "", "berlin", "lab", "everywhere",
                        "");
    }

    @ParameterizedTest
    @CsvSource({"4, 24", "4, 28", "4, 32", "6, 24", "6, 28", "6, 32"})
    void ipv4IsFoundInDatabasesOfEveryShape(int ipVersion, int recordBits) throws Exception {
        Locator locator = asns(new MmdbFile(ipVersion, recordBits).put("1.0.0.0/24", as(13335))
                .put("1.0.4.0/22", as(38803)).put("255.255.255.255/32", as(-1)));

        assertThat(List.of("0.255.255.255", "1.0.0.0", "1.0.0.255", "1.0.1.0", "1.0.3.255", "1.0.4.0", "1.0.7.255",
                "1.0.8.0", "255.255.255.254", "255.255.255.255"))
                .extracting(address -> place(locator, address).asn())
                .containsExactly(0, 13335, 13335, 0, 0, 38803, 38803, 0, 0, -1);
        assertThat(place(locator, "::100:1").asn()).as("IPv6 at ::/96 is not IPv4").isZero();
    }

    @Test
    void ipv4InIpv6ClothesIsIpv4() throws Exception {
        Locator locator = asns(new MmdbFile(6, 24).put("1.0.0.0/24", as(13335)));
        byte[] mapped = MAPPED.clone();
        mapped[12] = 1;

        assertThat(locator.locate(InetAddress.getByAddress(mapped))).isEqualTo(place(locator, "1.0.0.0"));
        assertThat(locator.locate(Inet6Address.getByAddress(null, mapped, -1))).isEqualTo(place(locator, "1.0.0.0"));
        assertThat(place(locator, "1.0.0.0").asn()).isEqualTo(13335);
    }

    @Test
    void theOtherPlacesOfIpv4InIpv6AreNotReadAgain() throws Exception {
        Locator locator = asns(new MmdbFile(6, 28).put("1.0.0.0/24", as(13335)).put("2001:db8::/32", as(7))
                .put("2.0.0.0/8", as(8)).aliasIpv4(MAPPED, 96).aliasIpv4(SIX_TO_FOUR, 16));

        assertThat(List.of("1.0.0.7", "2.0.0.7", "2001:db8::1", "2002:100::1"))
                .extracting(address -> place(locator, address).asn()).containsExactly(13335, 8, 7, 0);
    }

    @Test
    void ipv6IsKnownUpTo64Bits() throws Exception {
        Locator locator = asns(new MmdbFile(6, 24).put("2001:db8::/32", as(1)).put("2001:db8:1::/48", as(2))
                .put("2001:db8:1:1::/64", as(3)).put("2001:db8:1:2:8000::/65", as(4)));

        assertThat(List.of("2001:db7:ffff:ffff::1", "2001:db8::1", "2001:db8:1::1", "2001:db8:1:1::1",
                "2001:db8:1:2::1", "2001:db8:1:2:8000::1", "2001:db8:1:3::1", "2001:db8:2::", "2001:db9::"))
                .extracting(address -> place(locator, address).asn())
                .containsExactly(0, 1, 2, 3, 0, 0, 2, 1, 0);
    }

    @Test
    void aNetworkAroundAllOfIpv4IsOfBothFamilies() throws Exception {
        Locator locator = asns(new MmdbFile(6, 24).put("::/8", as(5)).put("2001:db8::/32", as(7)));

        assertThat(List.of("0.0.0.0", "255.255.255.255", "64:ff9b::1", "100::", "2001:db8::1"))
                .extracting(address -> place(locator, address).asn()).containsExactly(5, 5, 5, 0, 7);
    }

    @Test
    void aCountryIsWhereANetworkIsUsedElseWhereItIsRegistered() throws Exception {
        Locator locator = countries(new MmdbFile(6, 28).put("192.0.2.0/25", country("DE"))
                .put("192.0.2.128/25", Map.of("registered_country", Map.of("iso_code", "FR")))
                .put("198.51.100.0/25", Map.of("country", Map.of("iso_code", "IT"), "registered_country",
                        Map.of("iso_code", "FR")))
                .put("198.51.100.128/25", Map.of("country", Map.of("geoname_id", 1), "registered_country",
                        Map.of("iso_code", "ES")))
                .put("2001:db8::/32", country("DE")).put("2001:db9::/32", Map.of("country", Map.of("iso_code", "?")))
                .put("2001:dba::/32", Map.of("continent", Map.of("code", "EU"))));

        assertThat(List.of("192.0.2.1", "192.0.2.129", "198.51.100.1", "198.51.100.129", "2001:db8::1", "2001:db9::1",
                "2001:dba::1", "203.0.113.1"))
                .extracting(address -> place(locator, address).countryCode())
                .containsExactly("DE", "FR", "IT", "ES", "DE", "", "", "");
    }

    @ParameterizedTest
    @CsvSource({"1, 4, 24", "2, 4, 28", "3, 6, 24", "4, 6, 28", "5, 6, 32", "6, 6, 24"})
    void everyAddressHasWhatTheSmallestOfRandomNetworksSays(long seed, int ipVersion, int recordBits)
            throws Exception {
        var random = new Random(seed);
        List<Network> networks = random(random, ipVersion);
        var file = new MmdbFile(ipVersion, recordBits);
        networks.forEach(network -> file.put(network.first, network.prefix, as(network.asn)));
        Locator locator = asns(file);

        for (Network network : networks) {
            for (byte[] address : List.of(network.first, network.last(), step(network.first, -1),
                    step(network.last(), 1), bits(random, network.first.length))) {
                assertThat(locator.locate(InetAddress.getByAddress(address)).asn())
                        .as("%s", InetAddress.getByAddress(address)).isEqualTo(bruteForce(networks, address));
            }
        }
    }

    private record Network(byte[] first, int prefix, int asn) {
        private byte[] last() {
            byte[] last = first.clone();
            for (int i = prefix; i < last.length * 8; i++) {
                last[i / 8] |= (byte) (0x80 >> i % 8);
            }
            return last;
        }

        private boolean contains(byte[] address) {
            for (int i = 0; i < prefix; i++) {
                if (address.length != first.length || ((first[i / 8] ^ address[i / 8]) & 0x80 >> i % 8) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The larger ones first. IPv6 ones begin with 001, as all that are in use, which leaves `::/96` to IPv4. */
    private static List<Network> random(Random random, int ipVersion) {
        var networks = new ArrayList<Network>();
        for (int i = 0; i < 300; i++) {
            int length = ipVersion == 4 || random.nextBoolean() ? 4 : 16;
            byte[] first = bits(random, length);
            int prefix = random.nextInt(3, length == 4 ? 33 : 65);
            for (int bit = prefix; bit < length * 8; bit++) {
                first[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            }
            networks.add(new Network(first, prefix, random.nextInt(1, 6)));
        }
        networks.sort(Comparator.comparing(Network::prefix));
        return networks;
    }

    /** Few bits vary, so that many nest and touch. */
    private static byte[] bits(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            bytes[i] &= (byte) (i % 4 == 0 ? 0x83 : i % 4 == 3 ? 0x13 : 0);
        }
        if (length == 16) {
            bytes[0] = (byte) (0x20 | bytes[0] & 0x1F);
        }
        return bytes;
    }

    private static byte[] step(byte[] address, int by) {
        byte[] next = address.clone();
        int from = address.length == 4 ? 3 : 7; // the next /64
        for (int i = from; i >= 0; i--) {
            next[i] += (byte) by;
            if (next[i] != (by > 0 ? 0 : -1)) {
                break;
            }
        }
        return next;
    }

    /** Of two that are the same, the one that was put last. */
    private static int bruteForce(List<Network> networks, byte[] address) {
        return networks.stream().filter(network -> network.contains(address)).reduce((_, later) -> later)
                .map(Network::asn).orElse(0);
    }

    @Test
    void aReplacedLocatorTellsOfThePlacesThatAreMadeAfterIt() throws Exception {
        var live = new LiveLocator(asns(new MmdbFile(4, 24).put("1.0.0.0/24", as(1))));
        InetAddress address = InetAddress.getByName("1.0.0.1");
        Place before = live.locate(address);
        live.replace(asns(new MmdbFile(4, 24).put("1.0.0.0/24", as(2))));

        assertThat(before.asn()).isEqualTo(1);
        assertThat(live.locate(address).asn()).isEqualTo(2);
    }
}
