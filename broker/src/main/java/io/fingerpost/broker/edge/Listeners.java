package io.fingerpost.broker.edge;

import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.contract.config.HostPort;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.xnio.Options;
import org.xnio.Sequence;

/** The ports of the edge, plain and TLS, which share their threads. */
public final class Listeners {
    /** Of one HTTP/2 connection at a time. */
    static final int MAX_STREAMS = 128;

    private static final int MAX_RESETS = 200;
    private static final int RESET_WINDOW_MILLIS = 30_000;
    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private final Optional<HostPort> plain;
    private final Optional<HostPort> tls;
    private final Undertow server;

    /** @param context for TLS, if the configuration has it */
    public Listeners(BrokerConfig.Edge config, HttpHandler handler, Optional<SSLContext> context) {
        this.plain = config.listen();
        this.tls = config.tls().listen();
        var builder = builder(config);
        plain.ifPresent(at -> builder.addHttpListener(at.port(), at.host(), handler));
        tls.ifPresent(at -> builder.addListener(new Undertow.ListenerBuilder().setType(Undertow.ListenerType.HTTPS)
                .setHost(at.host()).setPort(at.port()).setRootHandler(handler).setSslContext(context.orElseThrow())
                .setHttp2Enabled(true)));
        this.server = withHttp2(builder).build();
    }

    /** Windows stay as they are: with larger ones Undertow waits for more than a connection's first window can bring. */
    private static Undertow.Builder withHttp2(Undertow.Builder builder) {
        return builder.setSocketOption(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2"))
                .setServerOption(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MAX_STREAMS)
                // Does not count resets of requests without a body; what those cost is bounded by InFlight.
                .setServerOption(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, MAX_RESETS)
                .setServerOption(UndertowOptions.RST_FRAMES_TIME_WINDOW, RESET_WINDOW_MILLIS);
    }

    /** What holds for every port of the broker. */
    public static Undertow.Builder builder(BrokerConfig.Edge config) {
        int idleMillis = (int) config.idleTimeout().toMillis();
        return Undertow.builder()
                // No buffers per thread: virtual threads live for one request and would take them along.
                .setByteBufferPool(new DefaultByteBufferPool(true, 16 * 1024, -1, 0, 0))
                .setServerOption(UndertowOptions.DECODE_URL, false) // paths are compared and forwarded as they came
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L) // what is too large is for the origin to say
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, idleMillis)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) config.headTimeout().toMillis())
                .setServerOption(UndertowOptions.IDLE_TIMEOUT, idleMillis);
    }

    /** Opens the ports; throws if an address cannot be bound. */
    public void start() {
        // Which of two addresses was the bad one shows only in the system's own words.
        plain.or(() -> tls).orElseThrow().listen(server::start);
    }

    /** Where clients come in without TLS; the port is the one really bound. */
    public Optional<HostPort> plainAddress() {
        return plain.map(at -> at.withPort(port("http")));
    }

    /** Where clients come in by TLS. */
    public Optional<HostPort> tlsAddress() {
        return tls.map(at -> at.withPort(port("https")));
    }

    private int port(String protocol) {
        return server.getListenerInfo().stream().filter(listener -> listener.getProtcol().equals(protocol))
                .map(listener -> ((InetSocketAddress) listener.getAddress()).getPort()).findFirst().orElseThrow();
    }

    public void stop() {
        server.stop();
    }
}
