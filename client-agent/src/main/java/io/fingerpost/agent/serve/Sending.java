package io.fingerpost.agent.serve;

/**
 * How a body is sent.
 *
 * @param uplink on which it has its turns
 * @param progress told of it
 * @param wasAwaited whether its client waited for it: then it goes before others, for nobody has it yet
 */
public record Sending(Uplink uplink, SendProgress progress, boolean wasAwaited) {
    public Sending(Uplink uplink, SendProgress progress) {
        this(uplink, progress, false);
    }
}
