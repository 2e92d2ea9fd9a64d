package io.fingerpost.agent.serve;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Whether this machine runs on battery, or its network connection is metered, as far as the system tells: by `/sys` and by
 * NetworkManager. Looks once a minute, on a thread of its own, and never takes what it cannot find out for a reason.
 */
public final class MachineState implements Pause, AutoCloseable {
    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final List<String> METERED = List.of("busctl", "--system", "--timeout=2", "get-property",
            "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager",
            "Metered");

    private final Set<Reason> reasons;
    private final Path supplies;
    private final Path bus;
    private final List<String> metered;
    private final Thread thread = Thread.ofVirtual().name("machine-state").unstarted(this::run);
    private volatile Optional<String> found = Optional.empty();

    /** What a user may want to spare. */
    public enum Reason {
        BATTERY, METERED;

        @JsonCreator
        static Reason parse(String text) {
            return switch (text) {
                case "battery" -> BATTERY;
                case "metered" -> METERED;
                default -> throw new IllegalArgumentException("battery or metered is wanted");
            };
        }
    }

    private MachineState(Set<Reason> reasons) {
        this(reasons, Path.of("/sys/class/power_supply"), Path.of("/run/dbus/system_bus_socket"), METERED);
    }

    /**
     * @param bus is there if anybody may tell by it
     * @param metered a command that tells what NetworkManager thinks of the connection
     */
    MachineState(Set<Reason> reasons, Path supplies, Path bus, List<String> metered) {
        this.bus = bus;
        this.reasons = reasons;
        this.supplies = supplies;
        this.metered = metered;
    }

    /** From now on it looks; what it has not seen yet is no reason. */
    public static MachineState watched(Set<Reason> reasons) {
        var state = new MachineState(reasons);
        if (!reasons.isEmpty()) {
            state.thread.start();
        }
        return state;
    }

    private void run() {
        try {
            while (true) {
                found = look();
                Thread.sleep(INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    @Override
    public Optional<String> reason() {
        return found;
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    Optional<String> look() {
        if (reasons.contains(Reason.BATTERY) && isOnBattery()) {
            return Optional.of("on battery");
        }
        return reasons.contains(Reason.METERED) && isMetered()
                ? Optional.of("the network connection is metered")
                : Optional.empty();
    }

    /** A battery is being used, and no mains are there (sysfs-class-power). */
    private boolean isOnBattery() {
        try (var all = Files.list(supplies)) {
            var kinds = all.toList();
            boolean discharges = kinds.stream().anyMatch(
                    supply -> says(supply, "type", "Battery") && !says(supply, "scope", "Device")
                            && says(supply, "status", "Discharging"));
            return discharges && kinds.stream().noneMatch(supply -> says(supply, "online", "1"));
        } catch (IOException e) {
            return false; // such a machine does not tell
        }
    }

    private static boolean says(Path supply, String attribute, String value) {
        try {
            return Files.readString(supply.resolve(attribute)).strip().equals(value);
        } catch (IOException e) {
            return false;
        }
    }

    /** NM_METERED_YES or NM_METERED_GUESS_YES. */
    private boolean isMetered() {
        if (Files.notExists(bus)) {
            return false;
        }
        try {
            var process = new ProcessBuilder(metered).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    return false;
                }
                String said = new String(process.getInputStream().readNBytes(64), StandardCharsets.UTF_8).strip();
                return said.equals("u 1") || said.equals("u 3");
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return false; // nobody here who could tell
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
