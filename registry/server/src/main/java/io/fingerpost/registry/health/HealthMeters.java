package io.fingerpost.registry.health;

/** What is counted about peers' health; by any thread, without waiting. */
public interface HealthMeters {
    /** Counts nothing. */
    HealthMeters NONE = new HealthMeters() {
        @Override
        public void countProbe(Outcome outcome) {}

        @Override
        public void countReport(ReportOutcome outcome) {}

        @Override
        public void countQuarantine() {}
    };

    void countProbe(Outcome outcome);

    void countReport(ReportOutcome outcome);

    /** A peer went into quarantine. */
    void countQuarantine();
}
