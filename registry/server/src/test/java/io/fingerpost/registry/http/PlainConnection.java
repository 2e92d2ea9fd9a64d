package io.fingerpost.registry.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Locale;

/** One request after the other, and an answer to each that is read strictly; the connection is made anew when the server closed it. */
final class PlainConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;
    private Socket socket;
    private InputStream in;

    PlainConnection(int port) throws IOException {
        this.port = port;
        connect();
    }

    private void connect() throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** @param head with its line ends */
    record Answer(int status, String head, String body) {}

    /** @param fields lines of the head, each with its end */
    Answer send(String method, String target, String fields, byte[] body) throws IOException {
        byte[] head = (method + " " + target + " HTTP/1.1\r\nHost: registry\r\n" + fields + "Content-Length: "
                + body.length + "\r\n\r\n").getBytes(ISO_8859_1);
        var request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        socket.getOutputStream().write(request);
        Answer answer = read(method.equals("HEAD"));
        if (answer.head.toLowerCase(Locale.ROOT).contains("connection: close\r\n")) {
            socket.close();
            connect();
        }
        return answer;
    }

    private Answer read(boolean headOnly) throws IOException {
        String head = readHead();
        if (!head.matches("(?s)HTTP/1\\.1 [2-5]\\d\\d [ -~]*\r\n([!-9;-~]+: [\\t -~]*\r\n)*\r\n")) {
            throw new AssertionError("no head of an answer: " + head);
        }
        int status = Integer.parseInt(head.substring(9, 12));
        int length = headOnly || status == 204 ? 0 : length(head);
        return new Answer(status, head, new String(in.readNBytes(length), ISO_8859_1));
    }

    private String readHead() throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new AssertionError("the connection ended after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        return head.lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16))).findFirst()
                .orElseThrow(() -> new AssertionError("an answer of no length: " + head));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
