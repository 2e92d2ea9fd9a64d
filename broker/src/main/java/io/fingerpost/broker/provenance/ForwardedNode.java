package io.fingerpost.broker.provenance;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An address as proxies write it: with or without a port, IPv6 with or without brackets (RFC 7239 §6). */
final class ForwardedNode {
    private static final Pattern IPV4 = Pattern
            .compile("((?:(?:0|[1-9]\\d{0,2})\\.){3}(?:0|[1-9]\\d{0,2}))(?::\\d{1,5})?");
    private static final Pattern IPV6 = Pattern
            .compile("\\[([0-9a-fA-F:.]{2,45})](?::\\d{1,5})?|([0-9a-fA-F:.]{2,45})");

    private ForwardedNode() {}

    /** Empty for what is no address: `unknown`, an obfuscated name, or rubbish. Names are never looked up. */
    static Optional<InetAddress> address(String node) {
        Matcher four = IPV4.matcher(node);
        if (four.matches()) {
            return literal(four.group(1));
        }
        Matcher six = IPV6.matcher(node);
        if (!six.matches() || !node.contains(":")) {
            return Optional.empty();
        }
        return literal(six.group(1) == null ? six.group(2) : six.group(1));
    }

    /** IPv4 in IPv6 clothes becomes IPv4. */
    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
