package io.fingerpost.registry.swarm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keeps what it is told. */
public final class RecordedSwarmMeters implements SwarmMeters {
    final List<PlanOutcome> plans = new ArrayList<>();
    final Map<PieceSource, Long> bytes = new EnumMap<>(PieceSource.class);

    @Override
    public synchronized void countPlan(PlanOutcome outcome) {
        plans.add(outcome);
    }

    @Override
    public synchronized void countPiece(PieceSource source, long count) {
        bytes.merge(source, count, Long::sum);
    }
}
