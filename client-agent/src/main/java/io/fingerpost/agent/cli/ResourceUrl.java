package io.fingerpost.agent.cli;

import java.net.URI;

/**
 * A URL of a resource behind a broker.
 *
 * @param broker scheme, host and port
 * @param resource path and query
 */
public record ResourceUrl(String broker, String resource) {
    /** @throws IllegalArgumentException unless {@code text} is an http or https URL */
    public static ResourceUrl parse(String text) {
        URI url = URI.create(text);
        if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?")
                || url.getRawUserInfo() != null) {
            throw new IllegalArgumentException("http://HOST[:PORT]/PATH is wanted");
        }
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        return new ResourceUrl(url.getScheme() + "://" + url.getRawAuthority(), path + query);
    }
}
