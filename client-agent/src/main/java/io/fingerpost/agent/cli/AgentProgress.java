package io.fingerpost.agent.cli;

import io.fingerpost.agent.fetch.Progress;
import io.fingerpost.agent.gateway.AgentStatus;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Asks the agent that runs how far one of its transfers is. */
final class AgentProgress {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient http;
    private final URI status;
    private final String resource;

    AgentProgress(HttpClient http, URI gatewayUrl) {
        this.http = http;
        this.status = gatewayUrl.resolve(AgentStatus.PATH);
        this.resource = gatewayUrl.getRawPath()
                + (gatewayUrl.getRawQuery() == null ? "" : "?" + gatewayUrl.getRawQuery());
    }

    /** Empty if it fetches no such thing, or does not say. */
    Optional<Progress> now() {
        try {
            var answer = http.send(HttpRequest.newBuilder(status).timeout(TIMEOUT).build(), BodyHandlers.ofString());
            return WireJson.lenient().readValue(answer.body(), AgentStatus.class).downloads().stream()
                    .filter(progress -> progress.resource().equals(resource)).findFirst();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
