package io.fingerpost.agent.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One request to a {@link ScriptedServer}, and everything that can be done about it, decent or not. */
public final class Call {
    private final Socket socket;
    private final OutputStream out;
    private final CountDownLatch serverClosed;
    private final String method;
    private final String target;
    private final Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final byte[] body;

    /** Reads a request. */
    Call(Socket socket, CountDownLatch serverClosed) throws IOException {
        this.socket = socket;
        this.out = socket.getOutputStream();
        this.serverClosed = serverClosed;
        var in = new BufferedInputStream(socket.getInputStream());
        String[] start = line(in).split(" ");
        this.method = start[0];
        this.target = start[1];
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            fields.merge(field.substring(0, colon), field.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
        }
        this.body = in.readNBytes(Integer.parseInt(fields.getOrDefault("Content-Length", "0")));
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("no request");
            }
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    public String method() {
        return method;
    }

    /** Path and query as they came. */
    public String target() {
        return target;
    }

    public String path() {
        return target.replaceFirst("\\?.*", "");
    }

    /** All lines of a field, joined by commas. */
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    public byte[] body() {
        return body;
    }

    /** A whole answer; without the body if the method is HEAD. */
    public void answer(int status, byte[] content, String... lines) throws IOException {
        var head = new StringBuilder();
        for (String line : lines) {
            head.append(line).append("\r\n");
        }
        head(status, head + "Content-Length: " + content.length);
        if (!method.equals("HEAD")) {
            send(content);
        }
    }

    /** Status and fields, of which nothing is checked. */
    public void head(int status, String fieldLines) throws IOException {
        send(("HTTP/1.1 " + status + " Whatever\r\n" + fieldLines + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Breaks the connection as a crash does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Says nothing (more) for as long as the test runs. */
    public void hang() {
        pause(Duration.ofMinutes(1));
    }

    /** Says nothing for a while, or until the test is over. */
    public void pause(Duration duration) {
        await(serverClosed, duration);
    }

    /** Says nothing before {@code gate} opens. */
    public void awaitGate(CountDownLatch gate) {
        await(gate, Duration.ofSeconds(20));
    }

    private static void await(CountDownLatch latch, Duration atMost) {
        try {
            latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return method + " " + target + " " + fields;
    }
}
