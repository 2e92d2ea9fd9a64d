package io.fingerpost.agent.fetch;

import io.fingerpost.contract.api.FailureReport.Phase;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A source does not give what was asked for; another may. */
final class SourceFailed extends IOException {
    private static final long serialVersionUID = 1L;

    private final @Nullable Phase phase;
    private final boolean isDelay;

    private SourceFailed(String message, boolean isDelay) {
        super(message);
        this.phase = null;
        this.isDelay = isDelay;
    }

    /** The source is not to blame. */
    SourceFailed(String message) {
        this(message, false);
    }

    /** The source does not have it yet, which says nothing of what else it has. */
    static SourceFailed delay() {
        return new SourceFailed("it does not have that yet", true);
    }

    boolean isDelay() {
        return isDelay;
    }

    SourceFailed(Phase phase, String message) {
        super(message);
        this.phase = phase;
        this.isDelay = false;
    }

    SourceFailed(Phase phase, String message, Throwable cause) {
        super(message, cause);
        this.phase = phase;
        this.isDelay = false;
    }

    /** What the HTTP client throws before there is an answer. */
    static SourceFailed before(Exception cause) {
        return new SourceFailed(phase(cause), String.valueOf(cause.getMessage()), cause);
    }

    private static Phase phase(Exception cause) {
        boolean refused = cause.getCause() instanceof ConnectException; // in plainer words
        boolean late = cause instanceof SocketTimeoutException && !"Connect timed out".equals(cause.getMessage());
        return switch (cause) {
            case HttpConnectTimeoutException _,ConnectException _,NoRouteToHostException _,UnknownHostException _ ->
                Phase.CONNECT;
            case SocketTimeoutException _ -> late ? Phase.TIMEOUT : Phase.CONNECT;
            case HttpTimeoutException _ -> Phase.TIMEOUT;
            case SSLException _ -> Phase.TLS;
            default -> refused ? Phase.CONNECT : Phase.SHORT;
        };
    }

    /** In which phase the source failed; empty if it is not to blame. */
    Optional<Phase> phase() {
        return Optional.ofNullable(phase);
    }
}
