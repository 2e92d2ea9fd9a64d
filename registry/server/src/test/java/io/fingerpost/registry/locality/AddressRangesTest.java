package io.fingerpost.registry.locality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {
    private static AddressRanges ranges(Object... networksAndValues) {
        var networks = new LinkedHashMap<Cidr, Integer>();
        for (int i = 0; i < networksAndValues.length; i += 2) {
            networks.put(Cidr.parse((String) networksAndValues[i]), (Integer) networksAndValues[i + 1]);
        }
        return AddressRanges.of(networks);
    }

    @Test
    void nothingIsKnownWithoutNetworks() {
        assertThat(AddressRanges.NONE.ofIpv4(0)).isZero();
        assertThat(AddressRanges.NONE.ofIpv4(-1)).isZero();
        assertThat(AddressRanges.NONE.ofIpv6(0)).isZero();
        assertThat(AddressRanges.NONE.ofIpv6(-1)).isZero();
    }

    @Test
    void aRangeEndsAtItsLastAddress() {
        AddressRanges ranges = ranges("127.255.255.0/24", 1, "128.0.0.2", 2, "255.255.255.255", 3, "0.0.0.0", 4,
                "::/64", 5, "7fff:ffff:ffff:ffff::/64", 6, "ffff:ffff:ffff:ffff::/64", 7);

        assertThat(List.of(0x7FFF_FEFF, 0x7FFF_FF00, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0x8000_0002,
                0x8000_0003, -2, -1, 0, 1)).extracting(ranges::ofIpv4)
                .containsExactly(0, 1, 1, 0, 0, 2, 0, 0, 3, 4, 0);
        assertThat(List.of(0L, 1L, Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MIN_VALUE, -2L, -1L))
                .extracting(ranges::ofIpv6).containsExactly(5, 0, 0, 6, 0, 0, 7);
    }

    @Test
    void theSmallestNetworkAroundAnAddressCounts() {
        AddressRanges ranges = ranges("10.0.0.0/8", 1, "10.1.0.0/16", 2, "10.1.0.0/24", 3, "10.1.255.255", 4,
                "0.0.0.0/0", 5);

        assertThat(List.of(0x0A00_0000, 0x0A01_0000, 0x0A01_00FF, 0x0A01_0100, 0x0A01_FFFE, 0x0A01_FFFF, 0x0A02_0000,
                0x0AFF_FFFF, 0x0B00_0000, -1)).extracting(ranges::ofIpv4).containsExactly(1, 3, 3, 2, 2, 4, 1, 1, 5, 5);
    }

    @Test
    void neighboursOfOneValueAreOneRange() {
        assertThat(ranges("10.0.0.0/9", 1, "10.128.0.0/9", 1, "10.3.0.0/16", 1, "11.0.0.0/8", 1).ipv4().size())
                .as("before, within, behind").isEqualTo(3);
        assertThat(ranges("0.0.0.0/0", 1, "::/0", 1).ipv4().size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyAddressHasWhatTheSmallestOfRandomNetworksSays(long seed) {
        var random = new Random(seed);
        for (boolean ipv6 : new boolean[] {false, true}) {
            Map<Cidr, Integer> networks = random(random, ipv6);
            AddressRanges ranges = AddressRanges.of(networks);

            for (long address : bordersAndOthers(networks, random)) {
                long key = ipv6 ? address : address & 0xFFFF_FFFFL << 32;
                int found = ipv6 ? ranges.ofIpv6(key) : ranges.ofIpv4((int) (key >>> 32));
                assertThat(found).as("%x in %s", key, networks).isEqualTo(bruteForce(networks, key));
            }
        }
    }

    /** Few bits vary, so that many nest and touch. */
    private static Map<Cidr, Integer> random(Random random, boolean ipv6) {
        var networks = new LinkedHashMap<Cidr, Integer>();
        int count = random.nextInt(1, 200);
        for (int i = 0; i < count; i++) {
            int prefix = random.nextInt(ipv6 ? 65 : 33);
            long bits = random.nextInt(4) == 0 ? random.nextLong() : random.nextLong() & 0x8300_0013_8300_0013L;
            networks.put(new Cidr(ipv6, bits & mask(prefix), prefix), random.nextInt(0, 5));
        }
        return networks;
    }

    private static List<Long> bordersAndOthers(Map<Cidr, Integer> networks, Random random) {
        var addresses = new ArrayList<>(List.of(0L, -1L));
        for (Cidr network : networks.keySet()) {
            long last = network.first() | ~mask(network.prefix());
            long step = network.ipv6() ? 1 : 1L << 32;
            addresses.addAll(List.of(network.first(), network.first() - step, last, last + step, random.nextLong()));
        }
        return addresses;
    }

    private static long mask(int prefix) {
        return prefix == 0 ? 0 : -1L << 64 - prefix;
    }

    private static int bruteForce(Map<Cidr, Integer> networks, long address) {
        return networks.entrySet().stream()
                .filter(network -> (address & mask(network.getKey().prefix())) == network.getKey().first())
                .max(Comparator.comparing(network -> network.getKey().prefix())).map(Map.Entry::getValue).orElse(0);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 20", "4, 40", "5, 60"})
    void aHundredThousandRangesFarApartOrCloseTogether(long seed, int closeness) {
        var random = new Random(seed);
        var expected = new TreeMap<Long, Integer>(Long::compareUnsigned);
        for (int i = 0; i < 100_000; i++) {
            expected.put(random.nextLong() >>> closeness, random.nextInt(1, 9));
        }
        var list = new RangeList(300_000);
        expected.forEach((address, value) -> list.add(address, 64, value));
        var ranges = new Ranges(list);

        assertThat(expected).allSatisfy((address, value) -> {
            assertThat(ranges.at(address)).isEqualTo(value);
            assertThat(ranges.at(address - 1)).isEqualTo(expected.getOrDefault(address - 1, 0));
            assertThat(ranges.at(address + 1)).isEqualTo(expected.getOrDefault(address + 1, 0));
            assertThat(ranges.at(~address)).isEqualTo(expected.getOrDefault(~address, 0));
        });
    }

    @Test
    void thereIsAnEndToWhatIsRead() {
        var list = new RangeList(1_000);

        assertThatIllegalArgumentException().isThrownBy(() -> {
            for (long i = 0; i <= 1_000; i++) {
                list.add(i << 1, 64, 1 + (int) (i & 1));
            }
        }).withMessage("it has more than 1000 ranges");
    }
}
