import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Many clients that each read one answer slowly: {@code SlowReaders PORT PATH COUNT BYTES_PER_SECOND SECONDS}. In the path, {@code %d}
 * stands for the client's number. Prints one line at the end: how many got an answer, how many were cut off, and the bytes read.
 */
class SlowReaders {
    private static final int TURNS_PER_SECOND = 10;

    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer buffer;

    SlowReaders(int bytesPerSecond) {
        buffer = ByteBuffer.allocateDirect(bytesPerSecond);
    }

    private static final class Client {
        private final SocketChannel channel;
        private long bytes;
        private boolean answered;
        private boolean cut;

        Client(SocketChannel channel) {
            this.channel = channel;
        }

        /** Reads its share for this second. */
        void read(ByteBuffer buffer) {
            buffer.clear();
            try {
                while (!cut && buffer.hasRemaining()) {
                    int got = channel.read(buffer);
                    cut = got < 0;
                    if (got <= 0) {
                        break;
                    }
                    answered |= bytes == 0 && buffer.position() > 11 && buffer.get(9) == '2'; // HTTP/1.1 2xx
                    bytes += got;
                }
            } catch (IOException e) {
                cut = true;
            }
        }
    }

    private void connect(int port, String path) throws IOException {
        var channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 64 * 1024);
        channel.connect(new InetSocketAddress("127.0.0.1", port));
        channel.write(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: bench\r\n\r\n").getBytes()));
        channel.configureBlocking(false);
        clients.add(new Client(channel));
    }

    private void readFor(int seconds) throws InterruptedException {
        long start = System.nanoTime();
        for (int turn = 0; turn < seconds * TURNS_PER_SECOND; turn++) {
            for (int i = turn % TURNS_PER_SECOND; i < clients.size(); i += TURNS_PER_SECOND) {
                clients.get(i).read(buffer);
            }
            long wait = start + (turn + 1) * 1_000_000_000L / TURNS_PER_SECOND - System.nanoTime();
            Thread.sleep(Math.max(0, wait / 1_000_000));
        }
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[2]);
        var readers = new SlowReaders(Integer.parseInt(arguments[3]));
        for (int i = 0; i < count; i++) {
            readers.connect(Integer.parseInt(arguments[0]), arguments[1].replace("%d", Integer.toString(i)));
        }
        readers.readFor(Integer.parseInt(arguments[4]));
        long answered = readers.clients.stream().filter(client -> client.answered).count();
        long cut = readers.clients.stream().filter(client -> client.cut).count();
        long bytes = readers.clients.stream().mapToLong(client -> client.bytes).sum();
        System.out.println("SLOW answered=" + answered + " cut=" + cut + " bytes=" + bytes);
    }
}
