package io.fingerpost.broker.provenance;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;
import java.util.Locale;

/** The field in which the operator's proxies say whom they speak for. */
public enum ForwardedField {
    X_FORWARDED_FOR, FORWARDED;

    @JsonCreator
    static ForwardedField parse(String text) {
        return Arrays.stream(values()).filter(value -> value.text().equals(text)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("x-forwarded-for or forwarded is wanted"));
    }

    private String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
