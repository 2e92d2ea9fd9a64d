import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.IntFunction;

/** Sends requests over kept HTTP/1.1 connections, one at a time on each, on the calling thread. */
final class ManyRequests implements AutoCloseable {
    private static final int MAX_ANSWER = 64 * 1024;
    private static final long REPORT_NANOS = 5_000_000_000L;

    private final Selector selector = Selector.open();
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final int connections;
    private final boolean heads;

    /** @param heads whether all requests are HEAD, so that no answer has a body */
    ManyRequests(int port, int connections, boolean heads) throws IOException {
        this.connections = connections;
        this.heads = heads;
        for (int i = 0; i < connections; i++) {
            idle.add(new Connection(port));
        }
    }

    /** Takes the body of the answer to request {@code n}. */
    interface Answer {
        void take(int n, byte[] body);
    }

    /**
     * Sends requests 0 to {@code count} - 1 and waits for the answers.
     *
     * @param status that every answer has to have
     * @param perSecond at most so many
     */
    void send(String what, int count, IntFunction<byte[]> request, int status, double perSecond, Answer answer)
            throws IOException {
        long start = System.nanoTime();
        long report = start + REPORT_NANOS;
        int next = 0;
        while (next < count || idle.size() < connections) {
            long now = System.nanoTime();
            while (next < count && !idle.isEmpty() && (now - start) * 1e-9 * perSecond >= next) {
                idle.pop().send(next, request.apply(next));
                next++;
            }
            long wait = next < count && !idle.isEmpty()
                    ? (long) (next / perSecond * 1e3 - (now - start) * 1e-6)
                    : 1000;
            if (wait > 0) {
                selector.select(wait);
            } else {
                selector.selectNow();
            }
            for (SelectionKey key : selector.selectedKeys()) {
                var connection = (Connection) key.attachment();
                if (connection.proceed()) {
                    connection.check(what, status);
                    answer.take(connection.number, connection.body());
                    idle.push(connection);
                }
            }
            selector.selectedKeys().clear();
            if (now > report) {
                System.err.printf("  %s: %,d of %,d%n", what, next, count);
                report += REPORT_NANOS;
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : idle) {
            connection.channel.close();
        }
        selector.close();
    }

    private final class Connection {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final ByteBuffer in = ByteBuffer.allocate(MAX_ANSWER);
        private ByteBuffer out = ByteBuffer.allocate(0);
        private int number;
        private int bodyAt;
        private int end;

        Connection(int port) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.configureBlocking(false);
            key = channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(int n, byte[] request) throws IOException {
            number = n;
            in.clear();
            end = -1;
            out = ByteBuffer.wrap(request);
            write();
        }

        private void write() throws IOException {
            channel.write(out);
            key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        /** Whether the answer is there. */
        boolean proceed() throws IOException {
            if (out.hasRemaining()) {
                write();
            }
            if (channel.read(in) < 0) {
                throw new EOFException("the broker closed a connection after " + text(0, in.position()));
            }
            if (end < 0) {
                findEnd();
            }
            return end >= 0 && in.position() >= end;
        }

        private void findEnd() {
            byte[] bytes = in.array();
            for (int at = 3; at < in.position(); at++) {
                if (bytes[at] == '\n' && bytes[at - 1] == '\r' && bytes[at - 2] == '\n') {
                    bodyAt = at + 1;
                    end = bodyAt + (heads ? 0 : contentLength(text(0, bodyAt)));
                    return;
                }
            }
        }

        private static int contentLength(String head) {
            String name = "\r\ncontent-length: ";
            int at = head.toLowerCase().indexOf(name);
            return at < 0
                    ? 0
                    : Integer.parseInt(head.substring(at + name.length(), head.indexOf('\r', at + 2)).strip());
        }

        void check(String what, int status) throws IOException {
            if (!text(9, 12).equals(Integer.toString(status))) {
                throw new IOException(what + " " + number + ": " + text(0, end));
            }
        }

        byte[] body() {
            return Arrays.copyOfRange(in.array(), bodyAt, end);
        }

        private String text(int from, int to) {
            return new String(in.array(), from, to - from, StandardCharsets.ISO_8859_1);
        }
    }
}
