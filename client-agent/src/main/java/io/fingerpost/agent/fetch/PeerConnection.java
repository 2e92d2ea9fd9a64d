package io.fingerpost.agent.fetch;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.contract.client.BlockingConnection;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** One request to a peer. */
final class PeerConnection {
    private PeerConnection() {}

    /** @throws IOException also if the peer does not begin its answer in time */
    static SourceAnswer get(URI url, Map<String, String> fields, AgentConfig.Fetch config) throws IOException {
        var connection = BlockingConnection.open(url, config.connectTimeout(), silence(config))
                .orElseThrow(() -> new SourceFailed("no HTTP URL")); // the blame is on whoever led here
        connection.setRequestProperty("Accept", "*/*");
        connection.setRequestProperty("User-Agent", "fingerpost-agent");
        fields.forEach(connection::setRequestProperty);
        var body = new PacedStream(BlockingConnection.body(connection), config.stallTimeout(),
                config.minBytesPerWindow());
        return new SourceAnswer(connection.getResponseCode(), connection::getHeaderField, body);
    }

    /** It cannot be changed once connected, so that the shorter of both is the longest silence. */
    static Duration silence(AgentConfig.Fetch config) {
        return config.answerTimeout().compareTo(config.stallTimeout()) < 0
                ? config.answerTimeout()
                : config.stallTimeout();
    }
}
