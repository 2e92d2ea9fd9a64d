package io.fingerpost.agent.fetch;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.client.Exchange;
import io.fingerpost.contract.http.FieldNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the broker for resources. Redirects are never followed here: where one leads is for the caller to judge. */
public final class BrokerClient {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerClient.class);
    /** The broker may have to wait for the origin, and answers 504 itself when that takes too long. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private final Supplier<HttpClient> http;
    private final String broker;
    private final Optional<String> origin;
    private final Optional<PeerId> self;

    /**
     * @param http asked for when it is needed first
     * @param origin who is asked when no connection to the broker can be made
     * @param self this agent's id, so that it is not sent to itself
     */
    public BrokerClient(Supplier<HttpClient> http, URI broker, Optional<URI> origin, Optional<PeerId> self) {
        this.http = http;
        this.broker = site(broker);
        this.origin = origin.map(BrokerClient::site);
        this.self = self;
    }

    private static String site(URI url) {
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    /** Asks as a client that verifies. */
    public HttpResponse<InputStream> get(String resource, Map<String, String> fields) throws IOException {
        var asked = new HashMap<>(fields);
        asked.put(FieldNames.WANT_REPR_DIGEST, "sha-256=10");
        asked.put("Accept-Encoding", "identity");
        self.ifPresent(id -> asked.put(FieldNames.PEER, id.value()));
        return send("GET", resource, asked);
    }

    /** Asks for the origin's own answer, past all peers. */
    public HttpResponse<InputStream> fromOrigin(String method, String resource, Map<String, String> fields)
            throws IOException {
        var asked = new HashMap<>(fields);
        asked.put("Cache-Control", "no-cache");
        return send(method, resource, asked);
    }

    /** Whether the broker answered, and not the origin in its place: only the broker says what may be shared. */
    boolean isItsOwn(HttpResponse<?> answer) {
        return site(answer.uri()).equals(broker);
    }

    private HttpResponse<InputStream> send(String method, String resource, Map<String, String> fields)
            throws IOException {
        try {
            return send(broker, method, resource, fields);
        } catch (ConnectException | HttpConnectTimeoutException e) {
            if (origin.isEmpty()) {
                throw e;
            }
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("the broker is not there; asking the origin");
            return send(origin.get(), method, resource, fields);
        }
    }

    /** The URL of a resource is not resolved as a reference: `//host` would lead to another server. */
    private HttpResponse<InputStream> send(String site, String method, String resource, Map<String, String> fields)
            throws IOException {
        if (!resource.startsWith("/")) {
            throw new IllegalArgumentException("a resource starts with a slash");
        }
        var request = HttpRequest.newBuilder(URI.create(site + resource)).timeout(ANSWER_TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.noBody());
        fields.forEach(request::setHeader);
        return Exchange.send(http.get(), request.build(), BodyHandlers.ofInputStream());
    }
}
