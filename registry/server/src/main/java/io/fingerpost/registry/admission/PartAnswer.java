package io.fingerpost.registry.admission;

import java.net.InetAddress;
import java.util.List;

/**
 * What an endpoint answered when it was asked for a part of something.
 *
 * @param addresses of the endpoint, the first of which answered
 * @param status of the answer
 * @param isBusy whether it asks to come again later (503 with `Retry-After`)
 * @param part whether it is the part that was asked for, and all of it was read
 * @param defect why a 200 or 206 is not that part; empty if it is, or for any other status
 */
public record PartAnswer(List<InetAddress> addresses, int status, boolean isBusy, boolean part, String defect) {
    public PartAnswer {
        addresses = List.copyOf(addresses);
    }
}
