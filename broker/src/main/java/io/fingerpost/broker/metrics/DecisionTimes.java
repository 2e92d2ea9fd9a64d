package io.fingerpost.broker.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * How long decisions took, as a histogram. It costs a decision about 20 ns; Micrometer's timer, which also keeps a maximum by
 * time windows, takes ten times that, as much as a good part of the decision itself.
 */
final class DecisionTimes implements Collector {
    private static final List<Long> BOUNDS = List.of(250L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 64_000L,
            256_000L, 1_000_000L, 10_000_000L);

    private final long[] bounds = BOUNDS.stream().mapToLong(Long::longValue).toArray();
    private final AtomicLongArray counts = new AtomicLongArray(bounds.length + 1);
    private final LongAdder nanos = new LongAdder();

    void record(long took) {
        int bucket = 0;
        while (bucket < bounds.length && took > bounds[bucket]) {
            bucket++;
        }
        counts.getAndIncrement(bucket);
        nanos.add(took);
    }

    @Override
    public MetricSnapshot collect() {
        double[] seconds = DoubleStream.concat(LongStream.of(bounds).mapToDouble(bound -> bound / 1e9),
                DoubleStream.of(Double.POSITIVE_INFINITY)).toArray();
        long[] inEach = LongStream.range(0, counts.length()).map(i -> counts.get((int) i)).toArray();
        return HistogramSnapshot.builder().name("fingerpost_broker_decision_seconds")
                .help("Time to decide what to do with a request")
                .dataPoint(HistogramDataPointSnapshot.builder().sum(nanos.sum() / 1e9)
                        .classicHistogramBuckets(
                                ClassicHistogramBuckets.of(DoubleStream.of(seconds).boxed().toList(),
                                        LongStream.of(inEach).boxed().toList()))
                        .build())
                .build();
    }
}
