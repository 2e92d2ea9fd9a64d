package io.fingerpost.deploy.clients;

import io.fingerpost.contract.http.ByteRange.Span;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How somebody sends a part of the content that it says to hold. */
@FunctionalInterface
interface Conduct {
    Conduct HONEST = (content, span, out) -> out.write(content, (int) span.first(), (int) span.length());

    /** Sends as many bytes as it should, and some of them are wrong. */
    Conduct CORRUPT = (content, span, out) -> HONEST.send(corrupted(content), span, out);

    void send(byte[] content, Span span, OutputStream out) throws IOException;

    /** What a corrupt peer holds: one byte in every 4 KiB is another. */
    static byte[] corrupted(byte[] content) {
        byte[] wrong = content.clone();
        for (int i = 4095; i < wrong.length; i += 4096) {
            wrong[i] ^= 1;
        }
        return wrong;
    }

    /** Sends the first 4 KiB at once and then {@code rate} bytes a second until all is sent, or until {@code end}. */
    static Conduct slow(int rate, CountDownLatch end) {
        return (content, span, out) -> {
            int step = rate / STEPS_PER_SECOND;
            long sent = Math.min(4096, span.length());
            out.write(content, (int) span.first(), (int) sent);
            out.flush();
            while (sent < span.length() && !isOver(end)) {
                int length = (int) Math.min(step, span.length() - sent);
                out.write(content, (int) (span.first() + sent), length);
                out.flush();
                sent += length;
            }
        };
    }

    int STEPS_PER_SECOND = 20;

    private static boolean isOver(CountDownLatch end) throws IOException {
        try {
            return end.await(1000 / STEPS_PER_SECOND, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
