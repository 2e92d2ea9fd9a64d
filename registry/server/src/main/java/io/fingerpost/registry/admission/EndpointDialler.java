package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.registry.RequestRejected;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches a few bytes from an endpoint that a stranger named.
 *
 * <p>The name is resolved once, every address it has must pass the policy, and the connection goes to the very address that
 * was checked: an HTTP client would look the name up again, and the stranger's DNS could answer differently. No redirect is
 * followed, and size and time of the answer are bounded.
 */
public final class EndpointDialler {
    private static final int MAX_HEAD = 4096;
    private static final int MAX_BODY = 256;

    private final AddressPolicy policy;
    private final Duration timeout;

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

    /**
     * The body of a 200 answer.
     *
     * @throws RequestRejected if the policy forbids the endpoint
     * @throws IOException if there is no such answer, in words for the one who claimed the endpoint
     */
    public Answer get(PeerEndpoint endpoint, String path) throws IOException {
        List<InetAddress> addresses = checkedAddresses(endpoint);
        long deadline = System.nanoTime() + timeout.toNanos();
        var connection = new Socket();
        // Closing ends whatever is waited for, a dripping handshake too; a socket's own timeout starts anew with each byte.
        var hurry = CompletableFuture.runAsync(() -> close(connection),
                CompletableFuture.delayedExecutor(timeout.toNanos(), TimeUnit.NANOSECONDS));
        try (connection) {
            connection.connect(new InetSocketAddress(addresses.getFirst(), endpoint.port()));
            Socket socket = endpoint.scheme().equals("https") ? secured(connection, endpoint) : connection;
            socket.getOutputStream().write(request(endpoint, path));
            return new Answer(addresses, readAnswer(new BufferedInputStream(socket.getInputStream(), 1024)));
        } catch (IOException e) {
            throw System.nanoTime() < deadline
                    ? e
                    : new IOException("no answer within " + timeout.toMillis() + " ms", e);
        } finally {
            hurry.cancel(false);
        }
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

    private List<InetAddress> checkedAddresses(PeerEndpoint endpoint) throws IOException {
        policy.refusal(endpoint.port()).ifPresent(why -> refuse(endpoint, why));
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(endpoint.host());
        } catch (UnknownHostException e) {
            throw new IOException("the host name does not resolve", e);
        }
        for (InetAddress address : addresses) {
            policy.refusal(address).ifPresent(why -> refuse(endpoint, why));
        }
        return List.of(addresses);
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

    private static byte[] request(PeerEndpoint endpoint, String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: " + endpoint.authority()
                + "\r\nUser-Agent: fingerpost-registry\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String readAnswer(InputStream in) throws IOException {
        String head = readHead(in);
        if (!head.matches("(?s)HTTP/1\\.[01] 200 .*")) {
            throw new IOException("the answer was not 200");
        }
        return new String(in.readNBytes(MAX_BODY), StandardCharsets.US_ASCII);
    }

    private static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("the answer was not HTTP");
            }
            if (head.length() == MAX_HEAD) {
                throw new IOException("the answer's head is longer than " + MAX_HEAD + " bytes");
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
