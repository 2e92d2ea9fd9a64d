package io.fingerpost.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An origin that does exactly as told with each connection, however wrong that is. */
public final class RawOrigin implements AutoCloseable {
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();

    /** What happens on one connection; it is closed afterwards. */
    public interface Script {
        void play(Connection connection) throws IOException;
    }

    /** A connection as a script sees it. */
    public final class Connection {
        private final Socket socket;
        private String head = "";

        private Connection(Socket socket) {
            this.socket = socket;
        }

        /** Waits for the head of the next request; false if the other side closed instead. */
        public boolean readHead() throws IOException {
            head = RawClient.readHead(socket.getInputStream());
            if (head.isEmpty()) {
                return false;
            }
            heads.add(head);
            return true;
        }

        /** The latest. */
        public String head() {
            return head;
        }

        public byte[] readBody(int length) throws IOException {
            return socket.getInputStream().readNBytes(length);
        }

        public Connection write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
            return this;
        }

        public Connection write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            return this;
        }

        public void close() throws IOException {
            socket.close();
        }

        /** Leaves the connection open and silent until then. */
        public void waitFor(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public RawOrigin(Script script) throws IOException {
        this(InetAddress.ofLiteral("127.0.0.1"), script);
    }

    public RawOrigin(InetAddress address, Script script) throws IOException {
        this.listener = new ServerSocket(0, 50, address);
        threads.submit(() -> {
            while (true) {
                Socket socket = listener.accept();
                connections.add(socket);
                threads.submit(() -> {
                    try (socket) {
                        script.play(new Connection(socket));
                    }
                    return null;
                });
            }
        });
    }

    /** Gives every request without a body the same answer, and keeps connections open. */
    public static RawOrigin answering(String answer) throws IOException {
        return answering(InetAddress.ofLiteral("127.0.0.1"), answer);
    }

    public static RawOrigin answering(InetAddress address, String answer) throws IOException {
        return new RawOrigin(address, connection -> {
            while (connection.readHead()) {
                connection.write(answer);
            }
        });
    }

    /** Waits for the end of a chunked body before it answers; the body, with its trailers, is in {@link #heads} after its head. */
    public static RawOrigin answeringWholeRequests(String answer) throws IOException {
        return new RawOrigin(connection -> {
            while (connection.readHead()) {
                if (RawClient.fieldNames(connection.head()).contains("transfer-encoding")) {
                    connection.readHead(); // it ends as a head does
                }
                connection.write(answer);
            }
        });
    }

    public String url() {
        return "http://" + (listener.getInetAddress() instanceof Inet6Address ? "[::1]" : "127.0.0.1") + ":"
                + listener.getLocalPort();
    }

    /** The heads of the requests so far. */
    public List<String> heads() {
        return heads;
    }

    public String onlyHead() {
        if (heads.size() != 1) {
            throw new AssertionError("not one request but " + heads.size() + ": " + heads);
        }
        return heads.getFirst();
    }

    public int connectionCount() {
        return connections.size();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow(); // not close: a script may wait for what a failed test never says
    }
}
