package io.fingerpost.deploy.origin;

import io.fingerpost.contract.config.HostPort;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.server.handlers.resource.Resource;
import io.undertow.server.handlers.resource.ResourceHandler;
import io.undertow.server.handlers.resource.ResourceManager;
import io.undertow.util.ETag;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Serves a folder as an origin would that wants its files shared: public, fresh, with strong entity tags. It counts what it
 * sends, so that a demo can tell what was saved.
 */
@Command(name = "origin", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Serves a folder with 'Cache-Control: public' and strong entity tags.", footer = {
                "", "When ready, prints one line: ready origin=http://HOST:PORT"})
public final class OriginCommand implements Callable<Integer> {
    /** Where it tells what it sent, as `requests bytes`. */
    public static final String STATS_PATH = "/.origin-stats";

    private final LongAdder requests = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    @Parameters(paramLabel = "DIR", description = "The folder to serve")
    private Path folder = Path.of(".");

    @Option(names = "--listen", order = 1, paramLabel = "HOST:PORT", defaultValue = "127.0.0.1:8000",
            description = "Where to listen; port 0 is chosen (default: ${DEFAULT-VALUE})")
    private String listen = "";

    @Option(names = "--cache-control", order = 2, paramLabel = "VALUE", defaultValue = "public, max-age=3600",
            description = "What it says about sharing (default: ${DEFAULT-VALUE})")
    private String cacheControl = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        var address = HostPort.parse(listen);
        var files = PathResourceManager.builder().setBase(folder.toRealPath()).setETagFunction(OriginCommand::etag)
                .build();
        var server = Undertow.builder()
                .addHttpListener(address.port(), address.host(), Handlers.path(counted(withIfRange(files)))
                        .addExactPath(STATS_PATH,
                                exchange -> exchange.getResponseSender().send(requests + " " + bytes)))
                .build();
        server.start();
        int port = ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop();
            Runtime.getRuntime().halt(0);
        }, "shutdown"));
        System.out.println("ready origin=http://" + address.withPort(port));
        new CountDownLatch(1).await();
        return 0;
    }

    /** Undertow compares `If-Range` with the tag without its quotes (2.4.4), so a condition that holds is taken away here. */
    private static HttpHandler withIfRange(ResourceManager files) {
        var next = new ResourceHandler(files);
        return exchange -> {
            String condition = exchange.getRequestHeaders().getFirst(Headers.IF_RANGE);
            Resource file = condition == null ? null : files.getResource(exchange.getRelativePath());
            if (file != null && file.getETag().toString().equals(condition)) {
                exchange.getRequestHeaders().remove(Headers.IF_RANGE);
            }
            next.handleRequest(exchange);
        };
    }

    private HttpHandler counted(HttpHandler next) {
        return exchange -> {
            exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, cacheControl);
            exchange.addExchangeCompleteListener((done, listeners) -> {
                count(done);
                listeners.proceed();
            });
            next.handleRequest(exchange);
        };
    }

    private void count(HttpServerExchange exchange) {
        requests.increment();
        bytes.add(exchange.getResponseBytesSent());
    }

    /** Strong, from size and time of modification, as web servers make them. */
    private static @Nullable ETag etag(Path file) {
        try {
            return new ETag(false, Long.toHexString(Files.getLastModifiedTime(file).toMillis()) + "-"
                    + Long.toHexString(Files.size(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
