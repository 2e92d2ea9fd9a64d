package io.fingerpost.broker.origin;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.ArrayList;
import java.util.List;

/** Fields that concern one connection and are not passed on (RFC 9110 §7.6.1). */
final class HopByHopFields {
    private static final List<HttpString> ALWAYS = List.of(Headers.CONNECTION, new HttpString("Proxy-Connection"),
            new HttpString("Keep-Alive"), new HttpString("TE"), Headers.TRAILER, Headers.TRANSFER_ENCODING,
            Headers.UPGRADE,
            new HttpString("HTTP2-Settings"), new HttpString("Proxy-Authorization"),
            new HttpString("Proxy-Authenticate"));

    private HopByHopFields() {}

    /** Removes them, and those that `Connection` names. Body framing is for the caller to keep. */
    static void strip(HeaderMap fields) {
        var connection = fields.get(Headers.CONNECTION);
        if (connection != null) {
            var named = new ArrayList<String>();
            connection.forEach(line -> named.addAll(List.of(line.split(","))));
            named.stream().map(String::strip).filter(name -> !name.isEmpty()).map(HttpString::new)
                    .filter(name -> !name.equals(Headers.CONTENT_LENGTH) && !name.equals(Headers.HOST))
                    .forEach(fields::remove);
        }
        ALWAYS.forEach(fields::remove);
    }
}
