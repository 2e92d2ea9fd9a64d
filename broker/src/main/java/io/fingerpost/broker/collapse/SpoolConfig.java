package io.fingerpost.broker.collapse;

import io.fingerpost.contract.config.ByteSize;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * How concurrent misses share one fetch ({@code spool.*}).
 *
 * @param memory that all bodies on their way may take, outside the heap
 * @param linger how long a body that was fetched stays for the rest of a rush; at most a minute, for this is no cache
 */
public record SpoolConfig(ByteSize memory, Duration linger) {
    private static final Duration MOST_LINGER = Duration.ofMinutes(1);

    public SpoolConfig {
        require(memory.bytes() >= 1 << 20, "memory must be at least 1MiB, was " + memory);
        long limit = limit();
        require(memory.bytes() <= limit / 4 * 3,
                "memory must be at most three quarters of what this Java may take outside "
                        + "its heap (" + limit / (1 << 20) + "MiB; see -XX:MaxDirectMemorySize), was " + memory);
        require(!linger.isNegative() && linger.compareTo(MOST_LINGER) <= 0, "linger must be 0s to 1m, was " + linger);
    }

    /** Unless the option says otherwise, as much as the heap may have. */
    private static long limit() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:MaxDirectMemorySize="))
                .map(argument -> ByteSize
                        .parse(argument.substring(argument.indexOf('=') + 1).replaceFirst("[kKmMgG]$", "$0iB")
                                .replace("ki", "Ki").replace("mi", "Mi").replace("gi", "Gi")))
                .mapToLong(ByteSize::bytes).findFirst().orElse(Runtime.getRuntime().maxMemory());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
