package io.fingerpost.broker.choice;

import io.fingerpost.registry.store.Peer;

/**
 * The peers that a client was sent to lately for one resource, each by its {@link Peer#mark}.
 *
 * @param failed for the very same bytes, so that it did not get them there, or before and it came back
 * @param used for other parts
 */
@SuppressWarnings("ArrayRecordComponent") // made for one decision, and never compared
public record Past(int[] failed, int[] used) {
    private static final int[] NOBODY = {};
    public static final Past NONE = new Past(NOBODY, NOBODY);

    boolean hasFailed(Peer peer) {
        return contains(failed, peer);
    }

    boolean hasUsed(Peer peer) {
        return contains(used, peer);
    }

    private static boolean contains(int[] marks, Peer peer) {
        for (int mark : marks) {
            if (mark == peer.mark()) {
                return true;
            }
        }
        return false;
    }
}
