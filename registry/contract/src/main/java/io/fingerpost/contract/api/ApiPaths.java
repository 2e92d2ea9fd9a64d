package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where the registry's API answers on an edge (RFC 8615: one reserved name, metadata only). */
public final class ApiPaths {
    /** The discovery document; everything reserved lies below. */
    public static final String ROOT = "/.well-known/fingerpost";
    /** The API when the registry is embedded in the broker. */
    public static final String EMBEDDED = ROOT + "/v1";

    private ApiPaths() {}

    /** The written contract of all that is below: {@link OpenApiPage}. */
    public static String openApi() {
        return "/openapi.json";
    }

    public static String peers() {
        return "/peers";
    }

    public static String peer(PeerId id) {
        return peers() + "/" + id;
    }

    public static String heartbeat(PeerId id) {
        return peer(id) + "/heartbeat";
    }

    public static String holdings(PeerId id) {
        return peer(id) + "/holdings";
    }

    /** Where a peer joins those that fetch a resource. */
    public static String plan(PeerId id) {
        return peer(id) + "/plan";
    }

    /** Where it waits for what to fetch next. */
    public static String orders(PeerId id) {
        return peer(id) + "/orders";
    }

    /** Where clients tell of peers that failed them. */
    public static String reports() {
        return "/reports";
    }

    /** What a digest is, under the header fields of whichever resource was learned last. */
    public static String representation(Sha256 digest) {
        return "/representations/" + digest;
    }

    /** What {@code resource} is, as long as it is {@code digest}. */
    public static String representation(Sha256 digest, String resource) {
        return representation(digest) + "?resource=" + URLEncoder.encode(resource, StandardCharsets.UTF_8);
    }
}
