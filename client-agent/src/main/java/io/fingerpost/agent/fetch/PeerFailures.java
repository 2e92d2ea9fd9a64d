package io.fingerpost.agent.fetch;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.FailureReport.Phase;
import java.net.URI;

/** Is told when a peer fails that a redirect led to. Must not wait. */
public interface PeerFailures {
    /** For those who tell nobody. */
    PeerFailures IGNORED = (_, _, _, _) -> {};

    /**
     * A peer failed.
     *
     * @param url of the representation there, with the ticket
     * @param piece which one was wanted then
     */
    void failed(URI url, Sha256 digest, Phase phase, int piece);
}
