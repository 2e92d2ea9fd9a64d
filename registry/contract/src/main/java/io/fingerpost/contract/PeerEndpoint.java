package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Where a peer serves: `http` or `https`, a host and a port, nothing else.
 *
 * <p>The form is strict because it is written into `Location` and `Link` fields that send clients somewhere.
 */
public record PeerEndpoint(String scheme, String host, int port) {
    private static final Pattern NAME_OR_IPV4 = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]{2,45}]");

    public PeerEndpoint {
        host = host.toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("a peer endpoint is an http or https URL");
        }
        if (!NAME_OR_IPV4.matcher(host).matches() && !IPV6.matcher(host).matches()) {
            throw new IllegalArgumentException("a peer endpoint needs a host name or address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a peer endpoint needs a port from 1 to 65535");
        }
    }

    /** Reads `scheme://host[:port]`, with at most a trailing slash. */
    @JsonCreator
    public static PeerEndpoint parse(String text) {
        URI uri = text.length() > 300 ? URI.create("") : URI.create(text);
        boolean bare = uri.getScheme() != null && uri.getHost() != null && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null && uri.getRawFragment() == null
                && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
        if (!bare) {
            throw new IllegalArgumentException("a peer endpoint is scheme://host:port and no more");
        }
        int port = uri.getPort() != -1 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
        return new PeerEndpoint(uri.getScheme(), uri.getHost(), port);
    }

    /** `host:port`, as in a Host field. */
    public String authority() {
        return host + ":" + port;
    }

    @JsonValue
    public String url() {
        return scheme + "://" + authority();
    }

    @Override
    public String toString() {
        return url();
    }
}
