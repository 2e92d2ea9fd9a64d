package io.fingerpost.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fingerpost.contract.config.HostPort;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;

/** A client that sends and shows single bytes, for what no HTTP client would do. */
public final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    public RawClient(HostPort server) throws IOException {
        this(server, 64 * 1024);
    }

    /** @param window about how many bytes may be on their way to it */
    public RawClient(HostPort server, int window) throws IOException {
        this.socket = new Socket();
        this.socket.setReceiveBufferSize(window);
        this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        this.socket.setSoTimeout(PATIENCE_MILLIS);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends a whole request in one go and reads until the server closes. */
    public static String exchange(HostPort server, String request) throws IOException {
        try (var client = new RawClient(server)) {
            return client.send(request).readAll();
        }
    }

    public RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        return this;
    }

    /** Sends zeros on a thread of its own until nobody takes them any more. */
    public void sendUntilItStops() {
        Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    socket.getOutputStream().write(new byte[64 * 1024]);
                }
            } catch (IOException e) {
                // the other side had enough
            }
        });
    }

    /** Whether there is something to read. */
    public boolean isAnswered() throws IOException {
        return in.available() > 0;
    }

    /** The next head, with the empty line that ends it; what there is of it if the server closes first. */
    public String readHead() throws IOException {
        return readHead(in);
    }

    static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.append((char) next);
            if (next == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                break;
            }
        }
        return head.toString();
    }

    public String readBody(int length) throws IOException {
        return new String(in.readNBytes(length), ISO_8859_1);
    }

    /** Everything until the server closes the connection, be it by a reset. */
    public String readAll() throws IOException {
        var all = new StringBuilder();
        try {
            for (int next = in.read(); next >= 0; next = in.read()) {
                all.append((char) next);
            }
        } catch (SocketException e) {
            return all.toString();
        }
        return all.toString();
    }

    /** The header lines of a head, lower-cased names and all. */
    public static List<String> fieldNames(String head) {
        return head.lines().skip(1).takeWhile(line -> !line.isEmpty())
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)).toList();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
