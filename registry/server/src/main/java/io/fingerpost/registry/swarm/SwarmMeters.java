package io.fingerpost.registry.swarm;

import java.util.Locale;

/** Is told what comes of plans and orders. */
public interface SwarmMeters {
    /** Counts nothing. */
    SwarmMeters NONE = new SwarmMeters() {
        @Override
        public void countPlan(PlanOutcome outcome) {}

        @Override
        public void countPiece(PieceSource source, long bytes) {}
    };

    /** What came of the wish to fetch a resource together with others. */
    enum PlanOutcome {
        /** The peer has joined those that fetch it. */
        JOINED,
        /** It asked once more, for it lost its orders. */
        AGAIN,
        /** It holds all of it already. */
        HELD,
        /** The resource is not known, not fresh, or not for sharing: the broker decides. */
        NONE;

        /** Lower case. */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who a verified piece was ordered from; the first of them, if it was ordered twice. */
    enum PieceSource {
        PEER, ORIGIN;

        /** Lower case. */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    void countPlan(PlanOutcome outcome);

    /** A peer has verified a piece that was ordered. */
    void countPiece(PieceSource source, long bytes);
}
