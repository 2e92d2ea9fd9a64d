package io.fingerpost.agent.fetch;

import io.fingerpost.agent.AgentConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;

/**
 * One request to a peer. Pieces are small and many: the JDK's older, blocking client takes a third of the processor time that the newer one does, and on
 * a virtual thread nothing speaks against it.
 */
final class PeerConnection {
    private PeerConnection() {}

    /** @throws IOException also if the peer does not begin its answer in time */
    static SourceAnswer get(URI url, Map<String, String> fields, AgentConfig.Fetch config) throws IOException {
        if (!isHttp(url) || !(url.toURL().openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection connection)) {
            throw new SourceFailed("no HTTP URL"); // the blame is on whoever led here
        }
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) config.connectTimeout().toMillis());
        // it cannot be changed once connected, so that the shorter of both is the longest silence
        connection.setReadTimeout((int) Math.min(config.answerTimeout().toMillis(), config.stallTimeout().toMillis()));
        connection.setRequestProperty("Accept", "*/*");
        connection.setRequestProperty("User-Agent", "fingerpost-agent");
        fields.forEach(connection::setRequestProperty);
        int status = connection.getResponseCode();
        InputStream body = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
        return new SourceAnswer(status, connection::getHeaderField,
                new PacedStream(body == null ? InputStream.nullInputStream() : body, config.stallTimeout(),
                        config.minBytesPerWindow()));
    }

    private static boolean isHttp(URI url) {
        return url.getAuthority() != null
                && ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()));
    }
}
