package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a peer serves: `http` or `https`, a host and a port, nothing else.
 *
 * <p>The form is strict because it is written into `Location` and `Link` fields that send clients somewhere.
 */
public record PeerEndpoint(String scheme, String host, int port) {
    private static final int MAX_LENGTH = 300;
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
    /** What browsers take for an IPv4 address, however odd (URL standard, "ends in a number"). */
    private static final Pattern NUMERIC = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");
    /** Four numbers that nobody can misread: `0177.0.0.1` is 177.0.0.1 to some programs and 127.0.0.1 to others. */
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]{2,45}]");

    @JsonCreator(mode = JsonCreator.Mode.DISABLED) // else an object with the three parts would do as well
    public PeerEndpoint {
        host = host.toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("a peer endpoint is an http or https URL");
        }
        if (!isHost(host)) {
            throw new IllegalArgumentException("a peer endpoint needs a host name or address");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a peer endpoint needs a port from 1 to 65535");
        }
    }

    private static boolean isHost(String host) {
        return NUMERIC.matcher(host).matches()
                ? IPV4.matcher(host).matches()
                : NAME.matcher(host).matches() || IPV6.matcher(host).matches();
    }

    /** Reads `scheme://host[:port]`, with at most a trailing slash. */
    @JsonCreator
    public static PeerEndpoint parse(String text) {
        URI uri = uri(text);
        boolean bare = uri.getScheme() != null && uri.getHost() != null && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null && uri.getRawFragment() == null
                && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
        if (!bare) {
            throw new IllegalArgumentException("a peer endpoint is scheme://host:port and no more");
        }
        int port = uri.getPort() != -1 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
        return new PeerEndpoint(uri.getScheme(), uri.getHost(), port);
    }

    /** Empty if {@code text} is none. */
    private static URI uri(String text) {
        try {
            return new URI(text.length() > MAX_LENGTH ? "" : text);
        } catch (URISyntaxException e) {
            return URI.create("");
        }
    }

    /** The host's address if it is one, and in a private network (RFC 1918, RFC 4193); empty for a name, which is not resolved. */
    public Optional<InetAddress> privateAddress() {
        boolean isAddress = IPV4.matcher(host).matches() || IPV6.matcher(host).matches();
        return isAddress ? address(host).filter(PeerEndpoint::isPrivate) : Optional.empty();
    }

    private static Optional<InetAddress> address(String host) {
        try {
            return Optional
                    .of(InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // such as 300.1.1.1
        }
    }

    private static boolean isPrivate(InetAddress address) {
        return address instanceof Inet6Address
                ? (address.getAddress()[0] & 0xfe) == 0xfc
                : address.isSiteLocalAddress();
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
