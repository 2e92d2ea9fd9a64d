package io.fingerpost.deploy.demo;

import io.fingerpost.deploy.demo.DemoClient.Result;
import io.fingerpost.deploy.demo.FileCollection.RealFile;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Many requests for all the files, a few of them much asked for, by programs behind several agents at once. */
final class PowerLawRun {
    private static final int PROGRAMS_PER_AGENT = 2;

    private final DemoClient client;
    private final FileCollection collection;
    private final List<String> gateways;
    private final Stage stage;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger corrupt = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    PowerLawRun(DemoClient client, FileCollection collection, List<String> gateways, Stage stage) {
        this.client = client;
        this.collection = collection;
        this.gateways = gateways;
        this.stage = stage;
    }

    /** What came of it. */
    record Outcome(int requests, int failed, int corrupt, long bytes) {}

    Outcome run(int requests) throws IOException, InterruptedException {
        var zipf = new Zipf(collection.files().size());
        int programs = gateways.size() * PROGRAMS_PER_AGENT;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = IntStream.range(0, programs).mapToObj(program -> threads.submit(() -> {
                var random = new Random(program);
                for (int i = program; i < requests; i += programs) {
                    request(gateways.get(program % gateways.size()), collection.files().get(zipf.draw(random)),
                            requests);
                }
                return program;
            })).toList();
            for (Future<Integer> program : running) {
                program.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("the run broke off", e);
        }
        return new Outcome(done.get(), failed.get(), corrupt.get(), bytes.get());
    }

    private void request(String gateway, RealFile file, int requests) throws InterruptedException {
        Result result = client.fetch(gateway, file);
        bytes.addAndGet(result == Result.GOOD ? file.size() : 0);
        failed.addAndGet(result == Result.FAILED ? 1 : 0);
        corrupt.addAndGet(result == Result.CORRUPT ? 1 : 0);
        int now = done.incrementAndGet();
        stage.progress(now, requests, now + " of " + requests + " requests, " + Stage.megabytes(bytes.get()));
    }
}
