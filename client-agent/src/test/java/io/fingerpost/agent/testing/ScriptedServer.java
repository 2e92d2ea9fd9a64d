package io.fingerpost.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An HTTP/1.1 server on loopback of which a test decides every byte: one request a connection, answered by a script. As a
 * JUnit extension it stops after the test.
 */
public final class ScriptedServer implements AfterEachCallback {
    private final ServerSocket listener;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread acceptor;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Script script;

    /** Answers one request; whatever it leaves unsaid stays so when the connection is closed. */
    @FunctionalInterface
    public interface Script {
        void answer(Call call) throws IOException;
    }

    public ScriptedServer(Script script) {
        this.script = script;
        try {
            this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.acceptor = Thread.ofPlatform().daemon().start(this::accept);
    }

    /** From now on answers so. */
    public void script(Script next) {
        script = next;
    }

    private void accept() {
        try {
            while (true) {
                var socket = listener.accept();
                Thread.startVirtualThread(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            if (closed.getCount() == 0) {
                return;
            }
            var call = new Call(socket, closed);
            calls.add(call);
            script.answer(call);
        } catch (IOException e) {
            // the client went away, which is its right
        }
    }

    /** What was asked so far, in order. */
    public List<Call> calls() {
        return calls;
    }

    public URI url(String target) {
        return URI.create(url() + target);
    }

    public String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** From now on connections are refused. */
    public void stop() {
        closed.countDown();
        try {
            listener.close();
            acceptor.join(); // until then, the system may still accept
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        stop();
    }
}
