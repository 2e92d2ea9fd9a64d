package io.fingerpost.broker.provenance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.routing.Client;
import io.fingerpost.registry.admission.Networks;
import io.fingerpost.testing.FuzzTarget;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** What clients put into the fields that proxies append to: it must not reach beyond what a proxy of ours wrote. */
class ProvenanceFuzzTest {
    private static final Networks TRUSTED = Networks.parse(List.of("10.0.0.0/8"));
    private static final Client PROXY = new Client(InetAddress.ofLiteral("10.0.0.1"), false);
    private static final InetAddress SEEN = InetAddress.ofLiteral("192.0.2.1");

    private static Client find(ForwardedField kind, Map<String, String> fields) {
        return new ClientAddress(TRUSTED, kind).find(PROXY, fields::get);
    }

    @FuzzTarget
    void forwarded(byte[] input) {
        String field = new String(input, ISO_8859_1);
        find(ForwardedField.FORWARDED, Map.of("Forwarded", field));
        new ForwardedElement(field).parameter("for");

        assertThat(find(ForwardedField.FORWARDED, Map.of("Forwarded", field + ", for=192.0.2.1;proto=https")))
                .isEqualTo(new Client(SEEN, true));
    }

    @FuzzTarget
    void xForwardedFor(byte[] input) {
        String field = new String(input, ISO_8859_1);
        find(ForwardedField.X_FORWARDED_FOR, Map.of("X-Forwarded-For", field, "X-Forwarded-Proto", field));

        assertThat(find(ForwardedField.X_FORWARDED_FOR,
                Map.of("X-Forwarded-For", field + ", 192.0.2.1", "X-Forwarded-Proto", field + ",https")))
                .isEqualTo(new Client(SEEN, true));
    }
}
