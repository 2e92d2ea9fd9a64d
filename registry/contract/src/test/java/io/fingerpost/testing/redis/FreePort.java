package io.fingerpost.testing.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Ports for servers that are killed and come back. They are below those that Linux gives to outgoing connections (from
 * 32768), so nobody gets one by chance while its server is dead.
 */
public final class FreePort {
    /** From a server's port to that on which it talks to its cluster. */
    private static final int TO_CLUSTER_BUS = 10_000;

    private FreePort() {}

    /** A port of loopback on which nobody listened just now, nor on its cluster bus. */
    public static int choose() {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(10_000, 22_000))
                .filter(port -> isFree(port) && isFree(port + TO_CLUSTER_BUS)).findFirst().orElseThrow();
    }

    private static boolean isFree(int port) {
        try (var listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return listener.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
