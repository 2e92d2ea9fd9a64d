package io.fingerpost.contract.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something listens.
 *
 * @param host a name or address; IPv6 without brackets
 * @param port 0 to 65535; 0 lets the system choose
 */
public record HostPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9.-]+)):(\\d{1,5})");

    @JsonCreator
    public static HostPort parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches() || Integer.parseInt(form.group(3)) > 65_535) {
            throw new IllegalArgumentException("HOST:PORT is wanted, for example 127.0.0.1:8080 or [::1]:8080");
        }
        return new HostPort(form.group(1) != null ? form.group(1) : form.group(2), Integer.parseInt(form.group(3)));
    }

    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /**
     * Runs {@code start}, which is to listen here.
     *
     * @throws ConfigException if the system does not let it
     */
    public void listen(Runnable start) {
        try {
            start.run();
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException cause) {
                throw new ConfigException("cannot listen on '" + this + "': " + cause.getMessage());
            }
            throw e;
        }
    }

    /** The same place with the port that was really bound. */
    public HostPort withPort(int bound) {
        return new HostPort(host, bound);
    }

    /** Whether every address of the machine is meant. */
    public boolean isWildcard() {
        return socketAddress().getAddress() != null && socketAddress().getAddress().isAnyLocalAddress();
    }

    /** `host:port`, with brackets around IPv6. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
