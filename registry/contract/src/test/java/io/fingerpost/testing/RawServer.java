package io.fingerpost.testing;

import io.fingerpost.contract.PeerEndpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens on loopback and treats its callers as a script says, which no proper HTTP server would do. */
public final class RawServer implements AutoCloseable {
    /** What happens on one connection; the connection is closed afterwards. */
    @FunctionalInterface
    public interface Script {
        /** @param target of the request, whose head was read to its end */
        void play(String target, OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final boolean readsHead;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    private RawServer(Script script, boolean readsHead) {
        this.script = script;
        this.readsHead = readsHead;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Reads each request's head and then plays {@code script}. */
    public static RawServer answering(Script script) {
        return new RawServer(script, true);
    }

    /** Plays {@code script} at once, whatever the caller says; the target is empty. */
    public static RawServer greeting(Script script) {
        return new RawServer(script, false);
    }

    /** A whole answer with a body of ASCII. */
    public static byte[] response(String status, String body) {
        return ascii(
                "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public PeerEndpoint endpoint() {
        return new PeerEndpoint("http", "127.0.0.1", port());
    }

    /** How many have called so far. */
    public int calls() {
        return connections.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            script.play(readsHead ? readHead(connection) : "", connection.getOutputStream());
        } catch (IOException e) {
            // the caller hung up, as a careful one does
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String readHead(Socket connection) throws IOException {
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
        String first = in.readLine();
        String line = first;
        while (line != null && !line.isEmpty()) {
            line = in.readLine();
        }
        return first == null ? "" : first.split(" ", -1)[1];
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
