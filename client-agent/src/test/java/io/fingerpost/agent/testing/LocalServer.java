package io.fingerpost.agent.testing;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.net.URI;

/** A handler of ours behind a real port of loopback, with the options that matter to it. */
public final class LocalServer implements AutoCloseable {
    private final Undertow server;

    public LocalServer(HttpHandler handler) {
        this.server = Undertow.builder().addHttpListener(0, "127.0.0.1", handler).setIoThreads(2).setWorkerThreads(2)
                .setServerOption(UndertowOptions.DECODE_URL, false).build();
        server.start();
    }

    public URI url(String target) {
        return URI.create("http://" + authority() + target);
    }

    public URI url() {
        return url("");
    }

    public String authority() {
        return "127.0.0.1:" + ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }

    @Override
    public void close() {
        server.stop();
    }
}
