package io.fingerpost.agent.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A client of which a test decides every byte, for what a decent HTTP client would not send. */
public final class RawClient implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    /**
     * @param from address of this client's end
     * @param receiveBuffer bytes that the system takes before the test reads; 0 for what it likes
     */
    private RawClient(String from, URI server, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer); // before connecting, or the window is open already
        }
        socket.setSoTimeout(20_000);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawClient connect(URI server) throws IOException {
        return connect("127.0.0.1", server);
    }

    /** One that has another address of loopback. */
    public static RawClient connect(String from, URI server) throws IOException {
        return new RawClient(from, server, 0);
    }

    /** One that the server cannot send much to before the test reads. */
    public static RawClient slow(URI server) throws IOException {
        return new RawClient("127.0.0.1", server, 16 * 1024);
    }

    /** An answer; the body may be shorter than announced. */
    public record Reply(int status, Map<String, String> fields, byte[] body) {
        public boolean isComplete() {
            return body.length == Long.parseLong(fields.getOrDefault("Content-Length", "-1"));
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** Sends one request and reads its answer. */
    public static Reply exchange(URI server, String... lines) throws IOException {
        try (var client = connect(server)) {
            client.send(lines);
            return client.reply();
        }
    }

    /** Sends a head of these lines. */
    public void send(String... lines) throws IOException {
        socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    public Reply reply() throws IOException {
        int status = Integer.parseInt(line().split(" ")[1]);
        var fields = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.merge(line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        return new Reply(status, fields, body(Long.parseLong(fields.getOrDefault("Content-Length", "-1"))));
    }

    private byte[] body(long length) throws IOException {
        var body = new ByteArrayOutputStream();
        var buffer = new byte[64 * 1024];
        try {
            while (length < 0 || body.size() < length) {
                int wanted = length < 0 ? buffer.length : (int) Math.min(buffer.length, length - body.size());
                int count = in.read(buffer, 0, wanted);
                if (count < 0) {
                    break;
                }
                body.write(buffer, 0, count);
            }
        } catch (SocketException e) {
            // reset: what came is what there is
        }
        return body.toByteArray();
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server closed the connection");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    /** Exactly {@code count} bytes. */
    public byte[] read(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** Goes away as a client that crashes. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
