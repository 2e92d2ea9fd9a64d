package io.fingerpost.agent.fetch;

import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.store.Blob;
import io.fingerpost.contract.http.ByteRange;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transfers that are under way, one for each resource: who wants the same meanwhile reads along. Safe for use by many threads. */
final class RunningTransfers {
    private static final Logger LOG = LoggerFactory.getLogger(RunningTransfers.class);
    /** A part that begins so many bytes behind what is there is waited for. */
    private static final long NEAR = 4 << 20;

    private final StoredResources stored;
    private final Executor threads;
    private final Map<String, Transfer> running = new ConcurrentHashMap<>();
    private final LongAdder fromPeers = new LongAdder();
    private final LongAdder fromOrigin = new LongAdder();

    /** @param threads one for each transfer */
    RunningTransfers(StoredResources stored, Executor threads) {
        this.stored = stored;
        this.threads = threads;
    }

    /** The one of a resource; empty if there is none. */
    Optional<Running> join(String resource) {
        return Optional.ofNullable(running.get(resource)).flatMap(RunningTransfers::reading);
    }

    /** Empty if the transfer is over. */
    private static Optional<Running> reading(Transfer transfer) {
        return transfer.reader().map(reader -> new Running(transfer, reader));
    }

    /** The same, if what is wanted of it is there or will soon be. */
    Optional<Running> near(String resource, ByteRange range) {
        var joined = join(resource);
        if (joined.isEmpty() || joined.get().transfer().isNear(range, NEAR)) {
            return joined;
        }
        joined.get().reader().close();
        return Optional.empty();
    }

    /** What fills a transfer. */
    interface Filler {
        Blob run() throws IOException;
    }

    /** Starts to fill the transfer, unless another request of the same moment was first: then that one's is joined. */
    Running start(String resource, Transfer transfer, Instant confirmed, Filler filler) {
        var own = reading(transfer).orElseThrow(); // the filler has not begun, so the transfer is open
        var other = Optional.ofNullable(running.putIfAbsent(resource, transfer)).flatMap(RunningTransfers::reading);
        if (other.isPresent()) {
            own.reader().close();
            transfer.fail(new IOException("another transfer of the resource was first"));
            return other.get();
        }
        threads.execute(() -> fill(resource, transfer, confirmed, filler));
        return own;
    }

    private void fill(String resource, Transfer transfer, Instant confirmed, Filler filler) {
        try {
            stored.remember(resource, filler.run(), confirmed);
            ended(resource, transfer);
            transfer.complete();
        } catch (IOException e) {
            ended(resource, transfer);
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("transfer failed");
            transfer.fail(e);
        } catch (RuntimeException | Error e) { // whatever it is, readers must not wait for ever
            ended(resource, transfer);
            LOG.error("transfer failed by a bug", e);
            transfer.fail(new IOException("internal error", e));
        }
    }

    /** The transfers that are under way. */
    List<Progress> underWay() {
        return running.entrySet().stream().map(entry -> entry.getValue().progress(entry.getKey()))
                .sorted(Comparator.comparing(Progress::resource)).toList();
    }

    /** What all transfers together got since the start. */
    Received received() {
        var now = underWay();
        return new Received(fromPeers.sum() + now.stream().mapToLong(Progress::fromPeers).sum(),
                fromOrigin.sum() + now.stream().mapToLong(Progress::fromOrigin).sum());
    }

    private void ended(String resource, Transfer transfer) {
        if (running.remove(resource, transfer)) {
            var end = transfer.progress(resource);
            fromPeers.add(end.fromPeers());
            fromOrigin.add(end.fromOrigin());
        }
    }
}
