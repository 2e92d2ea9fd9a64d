package io.fingerpost.broker.admin;

import io.fingerpost.broker.edge.EdgeHandler;
import io.fingerpost.broker.routing.Client;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.registry.RequestRejected;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request that an operator asks about.
 *
 * @param path undecoded, as it would stand in a request
 * @param query the same, without the question mark
 * @param host null for none
 */
record ExplainQuery(String method, String path, String query, @Nullable String host, Client client,
        HeaderMap fields) {
    private static final String PATH = "path";
    private static final String CLIENT = "client";
    private static final String HOST = "host";
    private static final String METHOD = "method";
    private static final String SECURE = "secure";
    private static final String VERIFIES = "verifies";
    private static final String RANGE = "range";
    private static final String HEADER = "header";
    private static final Set<String> NAMES = Set.of(PATH, CLIENT, HOST, METHOD, SECURE, VERIFIES, RANGE, HEADER);

    private static final int MAX_HEADERS = 32;
    private static final int MAX_HEADER_CHARACTERS = 8 * 1024;
    private static final int MAX_SHOWN = 50;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]{1,45}");
    /** What a field's value may have (RFC 9110 §5.5). */
    private static final Pattern VALUE = Pattern.compile("[\\t -~\\x80-\\xff]*");

    /**
     * Reads the parameters, in which a plus is a plus.
     *
     * @param parameters undecoded
     * @throws RequestRejected 400 that names the parameter which is wrong
     */
    static ExplainQuery parse(String parameters) {
        var given = given(parameters);
        String target = required(given, PATH);
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        if (!path.startsWith("/")) {
            throw bad(PATH, "it has to begin with a slash");
        }
        if (EdgeHandler.isReserved(path)) {
            throw bad(PATH, "it is the registry's, and nothing is decided about it");
        }
        String method = one(given, METHOD, "GET");
        if (!TOKEN.matcher(method).matches()) {
            throw bad(METHOD, "no method is called " + shown(method));
        }
        var client = new Client(address(required(given, CLIENT)), isTrue(given, SECURE));
        String host = given.containsKey(HOST) ? value(HOST, required(given, HOST)) : null;
        return new ExplainQuery(method, path, mark < 0 ? "" : target.substring(mark + 1), host, client,
                fields(given, host));
    }

    private static Map<String, List<String>> given(String parameters) {
        var given = new TreeMap<String, List<String>>();
        for (String parameter : parameters.split("&", -1)) {
            if (parameter.isEmpty()) {
                continue;
            }
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            if (!NAMES.contains(name)) {
                throw bad(shown(name), "there is no such parameter; there are path, client, host, method, secure, "
                        + "verifies, range and header");
            }
            String value = decoded(name, equals < 0 ? "" : parameter.substring(equals + 1));
            given.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
        }
        return given;
    }

    private static String decoded(String name, String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw bad(name, "not percent-encoded properly");
        }
    }

    private static String required(Map<String, List<String>> given, String name) {
        String value = one(given, name, "");
        if (value.isEmpty()) {
            throw bad(name, "it is missing");
        }
        return value;
    }

    private static String one(Map<String, List<String>> given, String name, String otherwise) {
        var values = given.getOrDefault(name, List.of(otherwise));
        if (values.size() > 1) {
            throw bad(name, "it is there more than once");
        }
        return values.getFirst();
    }

    private static boolean isTrue(Map<String, List<String>> given, String name) {
        return switch (one(given, name, "false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw bad(name, "true or false is wanted");
        };
    }

    /** Names are never looked up. */
    private static InetAddress address(String text) {
        if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
            try {
                return InetAddress.ofLiteral(text);
            } catch (IllegalArgumentException e) {
                throw bad(CLIENT, shown(text) + " is not an IP address");
            }
        }
        throw bad(CLIENT, shown(text) + " is not an IP address");
    }

    private static HeaderMap fields(Map<String, List<String>> given, @Nullable String host) {
        var fields = new HeaderMap();
        if (host != null) {
            fields.put(Headers.HOST, host);
        }
        if (isTrue(given, VERIFIES)) {
            fields.add(new HttpString(FieldNames.WANT_REPR_DIGEST), "sha-256=10");
        }
        if (given.containsKey(RANGE)) {
            fields.add(Headers.RANGE, value(RANGE, required(given, RANGE)));
        }
        var lines = given.getOrDefault(HEADER, List.of());
        if (lines.size() > MAX_HEADERS) {
            throw bad(HEADER, "at most " + MAX_HEADERS + " are taken");
        }
        if (lines.stream().mapToInt(String::length).sum() > MAX_HEADER_CHARACTERS) {
            throw bad(HEADER, "at most " + MAX_HEADER_CHARACTERS + " characters are taken in all");
        }
        lines.forEach(line -> add(line, fields));
        return fields;
    }

    private static void add(String line, HeaderMap fields) {
        int colon = line.indexOf(':');
        String name = line.substring(0, Math.max(0, colon));
        if (!TOKEN.matcher(name).matches()) {
            throw bad(HEADER, "'Name: value' is wanted, not " + shown(line));
        }
        fields.add(new HttpString(name), value(HEADER, line.substring(colon + 1).strip()));
    }

    private static String value(String name, String text) {
        if (!VALUE.matcher(text).matches()) {
            throw bad(name, "no field can have the value " + shown(text));
        }
        return text;
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return "'" + (plain.length() > MAX_SHOWN ? plain.substring(0, MAX_SHOWN) + "…" : plain) + "'";
    }

    private static RequestRejected bad(String name, String what) {
        return new RequestRejected(400, "bad-parameter", name + ": " + what);
    }
}
