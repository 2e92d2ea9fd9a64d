package io.fingerpost.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fingerpost.contract.config.HostPort;
import io.undertow.protocols.http2.HpackDecoder;
import io.undertow.protocols.http2.HpackException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client that sends single HTTP/2 frames (RFC 9113), for what no HTTP client would do. */
public final class RawHttp2Client implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int CONTINUATION = 9;
    private static final int MAX_FRAME = 16_384;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    private final SSLSocket socket;
    private final DataInputStream in;
    private final HpackDecoder decoder = new HpackDecoder(4096);

    /** How the server ended a stream. */
    public sealed interface End {
        /** An answer that is complete. */
        record Answer(int status, String body) implements End {}

        /** The stream is broken off, or the whole connection. */
        record Refused(String how) implements End {}
    }

    private record Frame(int type, int flags, int stream, byte[] payload) {}

    public RawHttp2Client(HostPort server, SSLContext trust) throws IOException {
        this.socket = (SSLSocket) trust.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(),
                server.port());
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.startHandshake();
        this.in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        var frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length).put((byte) type).put((byte) flags)
                .putInt(stream).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    /** The beginning of a request: names and values exactly as they are. */
    public RawHttp2Client head(int stream, String... fields) throws IOException {
        send(HEADERS, END_HEADERS, stream, block(fields));
        return this;
    }

    /** A request without a body. */
    public RawHttp2Client request(int stream, String... fields) throws IOException {
        send(HEADERS, END_HEADERS | END_STREAM, stream, block(fields));
        return this;
    }

    /** What comes after a body, and ends the request. */
    public RawHttp2Client trailers(int stream, String... fields) throws IOException {
        return request(stream, fields);
    }

    /** A request without a body whose head takes more than one frame. */
    public RawHttp2Client longRequest(int stream, String... fields) throws IOException {
        byte[] block = block(fields);
        send(HEADERS, END_STREAM, stream, Arrays.copyOf(block, MAX_FRAME));
        for (int from = MAX_FRAME; from < block.length; from += MAX_FRAME) {
            int to = Math.min(block.length, from + MAX_FRAME);
            send(CONTINUATION, to == block.length ? END_HEADERS : 0, stream, Arrays.copyOfRange(block, from, to));
        }
        return this;
    }

    public RawHttp2Client data(int stream, String text) throws IOException {
        send(DATA, 0, stream, text.getBytes(ISO_8859_1));
        return this;
    }

    public RawHttp2Client lastData(int stream, String text) throws IOException {
        send(DATA, END_STREAM, stream, text.getBytes(ISO_8859_1));
        return this;
    }

    public RawHttp2Client reset(int stream) throws IOException {
        send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
        return this;
    }

    /** Literal fields without indexing, without Huffman coding (RFC 7541 §6.2.2). */
    private static byte[] block(String... fields) {
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            block.write(0);
            string(block, fields[i]);
            string(block, fields[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            int rest = length - 127;
            while (rest >= 128) {
                block.write(rest % 128 + 128);
                rest /= 128;
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(ISO_8859_1));
    }

    /** Waits for the end of a stream, and takes in all else that comes. */
    public End end(int stream) throws IOException {
        int status = 0;
        var body = new StringBuilder();
        while (true) {
            Frame frame;
            try {
                frame = read();
            } catch (EOFException e) {
                return new End.Refused("closed");
            }
            if (frame.type == GOAWAY) {
                return new End.Refused("GOAWAY " + frame.payload[7]);
            }
            if (frame.stream != stream) {
                continue;
            }
            switch (frame.type) {
                case RST_STREAM -> {
                    return new End.Refused("RST_STREAM " + frame.payload[3]);
                }
                case HEADERS -> status = status(frame.payload);
                case DATA -> body.append(new String(frame.payload, ISO_8859_1));
                default -> {
                    // flow control
                }
            }
            if ((frame.flags & END_STREAM) != 0 && (frame.type == DATA || frame.type == HEADERS)) {
                return new End.Answer(status, body.toString());
            }
        }
    }

    private Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException();
        }
        return new Frame(type, flags, stream, payload);
    }

    private int status(byte[] block) throws IOException {
        List<String> statuses = new ArrayList<>();
        decoder.setHeaderEmitter((name, value, _) -> {
            if (name.toString().equals(":status")) {
                statuses.add(value);
            }
        });
        try {
            decoder.decode(ByteBuffer.wrap(block), false);
        } catch (HpackException e) {
            throw new IOException(e);
        }
        return Integer.parseInt(statuses.getFirst());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
