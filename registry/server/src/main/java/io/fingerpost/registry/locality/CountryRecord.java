package io.fingerpost.registry.locality;

import com.maxmind.db.MaxMindDbConstructor;
import com.maxmind.db.MaxMindDbParameter;
import org.jspecify.annotations.Nullable;

/**
 * What a database of countries says of a network, as far as we read it. Public, for the reader makes it.
 *
 * @param country where the network is used
 * @param registered where it is registered, which is all that is known of some
 */
public record CountryRecord(@Nullable Country country, @Nullable Country registered) {
    @MaxMindDbConstructor
    public CountryRecord(@MaxMindDbParameter(name = "country") @Nullable Country country,
            @MaxMindDbParameter(name = "registered_country") @Nullable Country registered) {
        this.country = country;
        this.registered = registered;
    }

    /** @param code ISO 3166-1, two capital letters */
    public record Country(@Nullable String code) {
        @MaxMindDbConstructor
        public Country(@MaxMindDbParameter(name = "iso_code") @Nullable String code) {
            this.code = code;
        }

        private static int value(@Nullable Country country) {
            return country == null || country.code == null ? 0 : Place.country(country.code);
        }
    }

    /** As {@link Place#country}. */
    int value() {
        int used = Country.value(country);
        return used != 0 ? used : Country.value(registered);
    }
}
