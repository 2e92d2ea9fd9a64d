package io.fingerpost.registry.locality;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlaceTest {
    private static final int DE = Place.country("DE");

    @ParameterizedTest
    @CsvSource({
            // site, network, asn, country of the other one
            "1, 9, 0, '', LOCAL", "2, 7, 0, '', LOCAL", "0, 7, 65, DE, LOCAL",
            "2, 9, 64, FR, ASN", "0, 9, 64, '', ASN",
            "2, 9, 65, DE, COUNTRY", "0, 9, 0, DE, COUNTRY",
            "2, 9, 65, FR, ANYWHERE", "0, 9, 0, '', ANYWHERE"})
    void theNearestTierThatTwoPlacesShareCountsInBothDirections(int site, long network, int asn, String country,
            Tier tier) {
        var here = new Place(1, 7, 64, DE);
        var there = new Place(site, network, asn, Place.country(country));

        assertThat(here.tierTo(there)).isEqualTo(tier);
        assertThat(there.tierTo(here)).isEqualTo(tier);
    }

    @Test
    void whatIsUnknownOfBothIsNotSharedByThem() {
        assertThat(new Place(0, 1, 0, 0).tierTo(new Place(0, 2, 0, 0))).isEqualTo(Tier.ANYWHERE);
    }

    @ParameterizedTest
    @CsvSource({"DE, DE", "de, ''", "DEU, ''", "D, ''", "'', ''", "D1, ''", "ÄÖ, ''"})
    void aCountryIsTwoCapitalLetters(String code, String kept) {
        assertThat(new Place(0, 0, 0, Place.country(code)).countryCode()).isEqualTo(kept);
    }

    @Test
    void noNetworkOfOneFamilyIsOneOfTheOther() {
        for (long top : new long[] {0, 1, -1, 0xFFFF_FFFF_0A00_0001L, 0xFFFF_FFFFL, 0x2001_0DB8_0000_0001L,
                0xFFFF_FFFEL << 32}) {
            for (int prefix = 1; prefix <= 64; prefix++) {
                assertThat(new Place(0, Place.ipv6Network(top, prefix), 0, 0).isIpv6()).isTrue();
            }
        }
        for (int address : new int[] {0, 1, -1, 0x0A00_0001, Integer.MIN_VALUE}) {
            for (int prefix = 1; prefix <= 32; prefix++) {
                assertThat(new Place(0, Place.ipv4Network(address, prefix), 0, 0).isIpv6()).isFalse();
            }
        }
    }

    @Test
    void aNetworkIsTheBitsBeforeThePrefix() {
        assertThat(Place.ipv4Network(0x0A01_02FF, 32)).isEqualTo(0xFFFF_FFFF_0A01_02FFL);
        assertThat(Place.ipv4Network(0x0A01_02FF, 24)).isEqualTo(0xFFFF_FFFF_0A01_0200L);
        assertThat(Place.ipv4Network(-1, 1)).isEqualTo(0xFFFF_FFFF_8000_0000L);
        assertThat(Place.ipv6Network(0x2001_0DB8_1234_5678L, 64)).isEqualTo(0x2001_0DB8_1234_5678L);
        assertThat(Place.ipv6Network(0x2001_0DB8_1234_5678L, 56)).isEqualTo(0x2001_0DB8_1234_5600L);
        assertThat(Place.ipv6Network(0x2001_0DB8_1234_5678L, 1)).isZero();
    }
}
