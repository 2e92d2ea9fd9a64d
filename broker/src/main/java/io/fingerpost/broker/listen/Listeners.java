package io.fingerpost.broker.listen;

import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.contract.config.HostPort;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.xnio.Option;
import org.xnio.OptionMap;

/** The ports of the edge, plain and TLS, which share their threads. */
public final class Listeners {
    /** Of one HTTP/2 connection at a time. */
    static final int MAX_STREAMS = 128;

    private static final int MAX_RESETS = 200;
    private static final int RESET_WINDOW_MILLIS = 30_000;
    private static final int BUFFER_BYTES = 16 * 1024;
    /** Kept for the next requests: 32 MiB. */
    private static final int MAX_IDLE_BUFFERS = 2048;
    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private final Optional<HostPort> plain;
    private final Optional<TlsPort> tls;
    private final Optional<HostPort> tlsListen;
    private final Undertow server;

    /** @param context for TLS, if the configuration has it */
    public Listeners(BrokerConfig.Edge config, HttpHandler handler, Optional<SSLContext> context) {
        this.plain = config.listen();
        this.tlsListen = config.tls().listen();
        ByteBufferPool buffers = buffers();
        this.tls = tlsListen.map(at -> new TlsPort(at, context.orElseThrow(), buffers, withHttp2(options(config)),
                handler, config.idleTimeout()));
        var builder = builder(config).setByteBufferPool(buffers);
        plain.ifPresent(at -> builder.addHttpListener(at.port(), at.host(), handler));
        this.server = builder.build();
    }

    /** What holds for every plain port of the broker. */
    public static Undertow.Builder builder(BrokerConfig.Edge config) {
        var builder = Undertow.builder().setByteBufferPool(buffers())
                .setIoThreads(Runtime.getRuntime().availableProcessors());
        OptionMap options = options(config);
        for (Option<?> option : options) {
            set(builder, options, option);
        }
        return builder;
    }

    private static <T> void set(Undertow.Builder builder, OptionMap options, Option<T> option) {
        builder.setServerOption(option, options.get(option));
    }

    /** No buffers per thread: virtual threads live for one request and would take them along. */
    private static ByteBufferPool buffers() {
        return new DefaultByteBufferPool(true, BUFFER_BYTES, MAX_IDLE_BUFFERS, 0, 0);
    }

    private static OptionMap options(BrokerConfig.Edge config) {
        int idleMillis = (int) config.idleTimeout().toMillis();
        return OptionMap.builder()
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false) // goes without saying (RFC 9112 §9.3)
                .set(UndertowOptions.DECODE_URL, false) // paths are compared and forwarded as they came
                .set(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L) // what is too large is for the origin to say
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, idleMillis)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int) config.headTimeout().toMillis())
                .set(UndertowOptions.IDLE_TIMEOUT, idleMillis)
                .getMap();
    }

    /** Windows stay as they are: with larger ones Undertow waits for more than a connection's first window can bring. */
    private static OptionMap withHttp2(OptionMap options) {
        return OptionMap.builder().addAll(options)
                .set(UndertowOptions.ENABLE_HTTP2, true)
                .set(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MAX_STREAMS)
                // Does not count resets of requests without a body; what those cost is bounded by InFlight.
                .set(UndertowOptions.MAX_RST_FRAMES_PER_WINDOW, MAX_RESETS)
                .set(UndertowOptions.RST_FRAMES_TIME_WINDOW, RESET_WINDOW_MILLIS)
                .getMap();
    }

    /** Opens the ports; throws if an address cannot be bound. */
    public void start() {
        plain.ifPresentOrElse(at -> at.listen(server::start), server::start);
        tls.ifPresent(port -> tlsListen.orElseThrow().listen(() -> port.start(server)));
    }

    /** Where clients come in without TLS; the port is the one really bound. */
    public Optional<HostPort> plainAddress() {
        return plain.map(at -> at.withPort(
                ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort()));
    }

    /** Where clients come in by TLS. */
    public Optional<HostPort> tlsAddress() {
        return tls.map(TlsPort::address);
    }

    public void stop() {
        tls.ifPresent(TlsPort::stop);
        server.stop();
    }
}
