package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Terms for some paths.
 *
 * @param host a site of {@code edge.sites}, or `*` for every one
 */
public record Rule(PathPattern path, String host, @JsonUnwrapped Terms terms) {
    static final String EVERY_HOST = "*";

    boolean matches(String site, String its) {
        return (host.equals(EVERY_HOST) || host.equals(site)) && path.matches(its);
    }
}
