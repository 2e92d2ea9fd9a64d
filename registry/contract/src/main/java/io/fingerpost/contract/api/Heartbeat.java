package io.fingerpost.contract.api;

import java.util.Optional;

/**
 * A peer says that it lives.
 *
 * @param uploads what it sends
 * @param holdings the {@link io.fingerpost.contract.HoldingsChecksum} of what it has announced; empty while an announcement is on its way, or when it does not want to know
 */
public record Heartbeat(UploadReport uploads, Optional<Long> holdings) {}
