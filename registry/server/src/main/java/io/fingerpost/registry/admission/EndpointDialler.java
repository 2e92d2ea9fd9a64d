package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.registry.RequestRejected;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches a few bytes, or a piece, from an endpoint that a stranger named.
 *
 * <p>The name is resolved once, every address it has must pass the policy, and the connection goes to the very address that
 * was checked: an HTTP client would look the name up again, and the stranger's DNS could answer differently. No redirect is
 * followed, and size and time of the answer are bounded.
 */
public final class EndpointDialler {
    private static final int MAX_BODY = 256;
    private static final int BUFFER = 16 * 1024;

    private final AddressPolicy policy;
    private final Duration timeout;
    private final Names names = new Names();

    public EndpointDialler(AddressPolicy policy, Duration timeout) {
        this.policy = policy;
        this.timeout = timeout;
    }

    /**
     * What was answered.
     *
     * @param addresses of the endpoint, the first of which answered
     */
    public record Answer(List<InetAddress> addresses, String body) {
        public Answer {
            addresses = List.copyOf(addresses);
        }
    }

    /** What is made of an answer as it comes in. */
    private interface Reader<T> {
        T read(List<InetAddress> addresses, AnswerHead head, InputStream body) throws IOException;
    }

    /**
     * The body of a 200 answer.
     *
     * @throws RequestRejected if the policy forbids the endpoint
     * @throws IOException if there is no such answer, in words for the one who claimed the endpoint
     */
    public Answer get(PeerEndpoint endpoint, String path) throws IOException {
        return ask(endpoint, path, "User-Agent: fingerpost-registry\r\n", timeout, (addresses, head, body) -> {
            if (head.status() != 200) {
                throw new IOException("the answer was not 200");
            }
            return new Answer(addresses, new String(body.readNBytes(MAX_BODY), StandardCharsets.US_ASCII));
        });
    }

    /**
     * Asks for a part of a representation as any client would, and reads no more than that.
     *
     * @param size of the whole
     * @param into takes the bytes of the part
     * @param patience for all of it
     * @throws RequestRejected if the policy forbids the endpoint
     * @throws IOException if nobody answers, or the part does not come to its end in time
     */
    public PartAnswer getPart(PeerEndpoint endpoint, String path, Span part, long size, MessageDigest into,
            Duration patience) throws IOException {
        String fields = "Range: bytes=" + part.first() + "-" + part.last() + "\r\nAccept-Encoding: identity\r\n";
        return ask(endpoint, path, fields, patience, (addresses, head, body) -> {
            String defect = defect(head, part, size);
            boolean wanted = (head.status() == 200 || head.status() == 206) && defect.isEmpty();
            if (wanted) {
                read(body, part.length(), into);
            }
            boolean busy = head.status() == 503 && head.field("retry-after") != null;
            return new PartAnswer(addresses, head.status(), busy, wanted, defect);
        });
    }

    private static String defect(AnswerHead head, Span part, long size) {
        boolean whole = part.length() == size;
        if (head.status() == 200 && !whole) {
            return "it ignores the range that is asked for";
        }
        if (head.status() == 206 && !part.contentRange(size).equals(head.field("content-range"))) {
            return "it sends another range than the one asked for";
        }
        boolean body = head.status() == 200 || head.status() == 206;
        return body && !String.valueOf(part.length()).equals(head.field("content-length"))
                ? "it promises another number of bytes than are asked for"
                : "";
    }

    private static void read(InputStream body, long length, MessageDigest into) throws IOException {
        var buffer = new byte[BUFFER];
        for (long left = length; left > 0;) {
            int count = body.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new IOException("the body ended " + left + " bytes early");
            }
            into.update(buffer, 0, count);
            left -= count;
        }
    }

    private <T> T ask(PeerEndpoint endpoint, String path, String fields, Duration patience, Reader<T> reader)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        List<InetAddress> addresses = checkedAddresses(endpoint, patience);
        var connection = new Socket();
        // Closing ends whatever is waited for, a dripping handshake too; a socket's own timeout starts anew with each byte.
        var hurry = CompletableFuture.runAsync(() -> close(connection),
                CompletableFuture.delayedExecutor(patience.toNanos(), TimeUnit.NANOSECONDS));
        try (connection) {
            connection.connect(new InetSocketAddress(addresses.getFirst(), endpoint.port()), millis(timeout));
            Socket socket = endpoint.scheme().equals("https") ? secured(connection, endpoint) : connection;
            socket.getOutputStream().write(request(endpoint, path, fields));
            var in = new BufferedInputStream(socket.getInputStream(), 1024);
            return reader.read(addresses, AnswerHead.read(in), in);
        } catch (SocketTimeoutException e) {
            throw new IOException("no answer within " + timeout.toMillis() + " ms", e);
        } catch (IOException e) {
            throw System.nanoTime() < deadline
                    ? e
                    : new IOException("no answer within " + patience.toMillis() + " ms", e);
        } finally {
            hurry.cancel(false);
        }
    }

    private static int millis(Duration timeout) {
        return Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
    }

    /** Whether the policy forbids peers to have an address. */
    boolean refuses(InetAddress address) {
        return policy.refusal(address).isPresent();
    }

    private static void close(Socket connection) {
        try {
            connection.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<InetAddress> checkedAddresses(PeerEndpoint endpoint, Duration patience) throws IOException {
        policy.refusal(endpoint.port()).ifPresent(why -> refuse(endpoint, why));
        List<InetAddress> addresses = names.resolve(endpoint.host(), patience);
        for (InetAddress address : addresses) {
            policy.refusal(address).ifPresent(why -> refuse(endpoint, why));
        }
        return addresses;
    }

    private static void refuse(PeerEndpoint endpoint, String why) {
        throw new RequestRejected(403, "endpoint-refused", "a peer cannot be at " + endpoint + ": " + why);
    }

    private static Socket secured(Socket plain, PeerEndpoint endpoint) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, endpoint.host(), endpoint.port(), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static byte[] request(PeerEndpoint endpoint, String path, String fields) {
        return ("GET " + path + " HTTP/1.1\r\nHost: " + endpoint.authority() + "\r\n" + fields
                + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }
}
