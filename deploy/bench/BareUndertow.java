import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.util.Headers;

/** Undertow with one I/O thread that answers everything with one redirect: {@code BareUndertow PORT LOCATION}. */
class BareUndertow {
    public static void main(String[] arguments) {
        String location = arguments[1];
        Undertow.builder()
                .setByteBufferPool(new DefaultByteBufferPool(true, 16 * 1024, 1000, 4, 0))
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, true)
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1", exchange -> {
                    exchange.setStatusCode(302);
                    exchange.getResponseHeaders().put(Headers.LOCATION, location).put(Headers.CONTENT_LENGTH, "0");
                    exchange.endExchange();
                })
                .build()
                .start();
    }
}
