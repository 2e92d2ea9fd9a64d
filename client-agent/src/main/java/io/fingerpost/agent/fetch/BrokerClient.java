package io.fingerpost.agent.fetch;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.client.Exchange;
import io.fingerpost.contract.http.FieldNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Asks the broker for resources. Redirects are never followed here: where one leads is for the caller to judge. */
public final class BrokerClient {
    /** The broker may have to wait for the origin, and answers 504 itself when that takes too long. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private final HttpClient http;
    private final String broker;
    private final Optional<PeerId> self;

    /** @param self this agent's id, so that it is not sent to itself */
    public BrokerClient(HttpClient http, URI broker, Optional<PeerId> self) {
        this.http = http;
        this.broker = broker.getScheme() + "://" + broker.getRawAuthority();
        this.self = self;
    }

    /** Asks as a client that verifies. */
    public HttpResponse<InputStream> get(String resource, Map<String, String> fields) throws IOException {
        var request = request("GET", resource, fields).setHeader(FieldNames.WANT_REPR_DIGEST, "sha-256=10")
                .setHeader("Accept-Encoding", "identity");
        self.ifPresent(id -> request.setHeader(FieldNames.PEER, id.value()));
        return send(request.build());
    }

    /** Asks for the origin's own answer, past all peers. */
    public HttpResponse<InputStream> fromOrigin(String method, String resource, Map<String, String> fields)
            throws IOException {
        return send(request(method, resource, fields).setHeader("Cache-Control", "no-cache").build());
    }

    private HttpRequest.Builder request(String method, String resource, Map<String, String> fields) {
        var request = HttpRequest.newBuilder(url(resource)).timeout(ANSWER_TIMEOUT)
                .method(method, HttpRequest.BodyPublishers.noBody());
        fields.forEach(request::setHeader);
        return request;
    }

    /** The broker's URL of a resource. Not resolved as a reference: `//host` would lead to another server. */
    private URI url(String resource) {
        if (!resource.startsWith("/")) {
            throw new IllegalArgumentException("a resource starts with a slash");
        }
        return URI.create(broker + resource);
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
        return Exchange.send(http, request, BodyHandlers.ofInputStream());
    }
}
