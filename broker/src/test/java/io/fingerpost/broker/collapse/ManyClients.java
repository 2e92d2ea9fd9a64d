package io.fingerpost.broker.collapse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Any number of clients on one thread, that want the same and compare each byte of it. */
final class ManyClients {
    private static final int PATIENCE_MILLIS = 10_000;

    private final HostPort server;
    private final String request;
    private final ByteBuffer expected;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);

    ManyClients(HostPort server, String path, byte[] expected) {
        this.server = server;
        this.request = "GET " + path + " HTTP/1.1\r\nHost: edge.example\r\n\r\n";
        this.expected = ByteBuffer.allocateDirect(expected.length).put(expected).flip();
    }

    private static final class Client {
        private final StringBuilder head = new StringBuilder();
        private int position;
        private boolean right = true;
        private boolean done;

        boolean isInBody() {
            return head.length() > 4 && head.substring(head.length() - 4).equals("\r\n\r\n");
        }
    }

    /** Sends {@code count} requests at once and reads all answers; returns how many were a 200 with just the right bytes. */
    int get(int count) throws IOException {
        var clients = new ArrayList<Client>();
        try (var selector = Selector.open()) {
            for (int i = 0; i < count; i++) {
                var client = new Client();
                clients.add(client);
                connect().register(selector, SelectionKey.OP_READ, client);
            }
            boolean moves = true;
            while (moves && clients.stream().anyMatch(client -> !client.done)) {
                moves = selector.select(key -> read(key, (Client) key.attachment()), PATIENCE_MILLIS) > 0;
            }
            close(selector);
        }
        return (int) clients.stream().filter(client -> client.right && client.position == expected.limit()
                && client.head.toString().startsWith("HTTP/1.1 200 OK\r\n")).count();
    }

    private SocketChannel connect() throws IOException {
        var channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        channel.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
        channel.configureBlocking(false);
        return channel;
    }

    private static void close(Selector selector) throws IOException {
        for (var key : List.copyOf(selector.keys())) {
            key.channel().close();
        }
    }

    private void read(SelectionKey key, Client client) {
        try {
            int bytes = ((SocketChannel) key.channel()).read(buffer.clear());
            buffer.flip();
            while (!client.isInBody() && buffer.hasRemaining()) {
                client.head.append((char) buffer.get());
            }
            compare(client);
            if (bytes < 0 || client.position == expected.limit()) {
                client.done = true;
                key.channel().close();
            }
        } catch (IOException e) {
            client.right = false;
            client.done = true;
            key.cancel();
        }
    }

    private void compare(Client client) {
        int bytes = Math.min(buffer.remaining(), expected.limit() - client.position);
        client.right &= bytes == buffer.remaining()
                && buffer.equals(expected.slice(client.position, bytes));
        client.position += bytes;
    }
}
