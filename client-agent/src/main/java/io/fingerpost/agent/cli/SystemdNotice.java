package io.fingerpost.agent.cli;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd, if it started this process with `Type=notify`, how things stand (sd_notify(3), by its own tool). */
final class SystemdNotice {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotice.class);

    private SystemdNotice() {}

    /** The gateway answers. */
    static void ready() {
        tell("READY=1");
    }

    static void stopping() {
        tell("STOPPING=1");
    }

    private static void tell(String state) {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        try {
            new ProcessBuilder("systemd-notify", state).inheritIO().start().waitFor();
        } catch (IOException e) {
            LOG.warn("cannot tell the service manager: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
