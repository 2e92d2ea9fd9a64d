package io.fingerpost.broker.listen;

import io.fingerpost.contract.config.HostPort;
import io.undertow.Undertow;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.AlpnOpenListener;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http2.Http2OpenListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/** The port of TLS, with HTTP/2 and HTTP/1.1 by ALPN; put together here and not by Undertow's builder because of {@link FirstBytes}. */
final class TlsPort {
    private static final int BACKLOG = 1_000;
    private static final int PREFERRED = 10;

    private final HostPort listen;
    private final SSLContext context;
    private final AlpnOpenListener alpn;
    private final FirstBytes firstBytes;
    private @Nullable AcceptingChannel<SslConnection> channel;

    TlsPort(HostPort listen, SSLContext context, ByteBufferPool buffers, OptionMap options, HttpHandler handler,
            Duration limit) {
        this.listen = listen;
        this.context = context;
        this.firstBytes = new FirstBytes(limit);
        var http = new HttpOpenListener(buffers, options);
        http.setRootHandler(handler);
        var http2 = new Http2OpenListener(buffers, options);
        http2.setRootHandler(handler);
        this.alpn = new AlpnOpenListener(buffers, options, firstBytes.arrived(http));
        alpn.addProtocol(Http2OpenListener.HTTP2, firstBytes.arrived(http2), PREFERRED);
    }

    /** Opens the port on the threads of {@code server}, which runs. */
    @SuppressWarnings({"unchecked", "rawtypes"}) // as XNIO has it
    void start(Undertow server) {
        // With buffers of its own: ours are shorter than the longest record of TLS, which would then never be complete.
        var ssl = new UndertowXnioSsl(server.getXnio(), OptionMap.create(Options.USE_DIRECT_BUFFERS, true), context);
        var options = OptionMap.builder().set(Options.TCP_NODELAY, true).set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3", "TLSv1.2")).getMap();
        ChannelListener accept = ChannelListeners.openListenerAdapter(firstBytes.awaited(alpn));
        try {
            channel = ssl.createSslConnectionServer(server.getWorker(), listen.socketAddress(), accept, options);
            channel.resumeAccepts();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same place with the port that was really bound. */
    HostPort address() {
        if (channel == null) {
            throw new IllegalStateException("not started");
        }
        return listen.withPort(channel.getLocalAddress(InetSocketAddress.class).getPort());
    }

    void stop() {
        IoUtils.safeClose(channel);
    }
}
