package io.fingerpost.agent.fetch;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.KeptThreads;
import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.store.Blob;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.Incoming;
import io.fingerpost.agent.store.Partial;
import io.fingerpost.agent.store.ResourceIndex;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Plan;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.contract.http.Link;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets resources of the broker's site: from the store when that is still right, from peers piece by verified piece, or from
 * the origin. What may be shared ends up in the store. Requests for one resource at a time share one transfer.
 */
public final class Fetcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Fetcher.class);
    /** The origin is asked once more when it breaks off. */
    private static final int ORIGIN_TRIES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Requests to all sources at a time for which there are kept threads. */
    private static final int MOST_LANES = 64;
    private static final int BUFFER = 64 * 1024;
    /** A part that begins so many bytes behind what is there is waited for. */
    private static final long NEAR = 4 << 20;
    /** Request fields that change nothing of what may be shared (the broker has them under the same heading). */
    private static final Set<String> ORDINARY = Set.of("accept", "accept-charset", "accept-language", "user-agent",
            "referer", "dnt", "via");

    private final BrokerClient broker;
    private final RegistryClient registry;
    private final BlobStore store;
    private final StoredResources stored;
    private final PeerFailures failures;
    private final OrderDesk desk;
    private final Duration patience;
    private final SourceOpener opener;
    private final LongAdder fromPeers = new LongAdder();
    private final LongAdder fromOrigin = new LongAdder();
    private final Map<String, Transfer> running = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("stall-guard").factory());
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("transfer-", 0).factory());
    private final ExecutorService lanes = KeptThreads.of("lane-", MOST_LANES, threads);

    /**
     * @param failures told of peers that fail
     * @param desk where plans and orders come from
     */
    public Fetcher(BrokerClient broker, RegistryClient registry, BlobStore store, ResourceIndex index,
            AgentConfig.Fetch config, PeerFailures failures, OrderDesk desk) {
        this(broker, registry, store, index, config, failures, desk, PATIENCE);
    }

    /** @param patience with a registry that orders nothing */
    public Fetcher(BrokerClient broker, RegistryClient registry, BlobStore store, ResourceIndex index,
            AgentConfig.Fetch config, PeerFailures failures, OrderDesk desk, Duration patience) {
        this.desk = desk;
        this.patience = patience;
        this.failures = failures;
        this.broker = broker;
        this.registry = registry;
        this.store = store;
        this.stored = new StoredResources(store, index);
        this.opener = new SourceOpener(broker, config, timer);
    }

    /**
     * Gets a resource.
     *
     * @param resource path and query on the broker
     * @param fields that the one who wants it sends, without conditions and ranges
     */
    public Fetched fetch(String resource, Map<String, String> fields) throws IOException {
        var joined = join(resource);
        var fetched = joined.isPresent() ? joined.get() : begin(resource, fields);
        return fetched instanceof Running running ? begun(running, resource, fields) : fetched;
    }

    /** Waits for the first bytes: until then nobody was promised anything, and the origin can still speak for itself. */
    private Fetched begun(Running running, String resource, Map<String, String> fields) throws IOException {
        if (running.reader().begins()) {
            return running;
        }
        running.reader().close();
        return new Passed(broker.fromOrigin("GET", resource, fields));
    }

    /** What can be had without fetching it. */
    public StoredResources stored() {
        return stored;
    }

    /** The transfers that are under way. */
    public List<Progress> underWay() {
        return running.entrySet().stream().map(entry -> entry.getValue().progress(entry.getKey()))
                .sorted(Comparator.comparing(Progress::resource)).toList();
    }

    /** What all transfers together got since the start. */
    public Received received() {
        var now = underWay();
        return new Received(fromPeers.sum() + now.stream().mapToLong(Progress::fromPeers).sum(),
                fromOrigin.sum() + now.stream().mapToLong(Progress::fromOrigin).sum());
    }

    /** Bytes, by who sent them. */
    public record Received(long fromPeers, long fromOrigin) {}

    private void ended(String resource, Transfer transfer) {
        if (running.remove(resource, transfer)) {
            var end = transfer.progress(resource);
            fromPeers.add(end.fromPeers());
            fromOrigin.add(end.fromOrigin());
        }
    }

    private Optional<Running> join(String resource) {
        return Optional.ofNullable(running.get(resource)).flatMap(Fetcher::reading);
    }

    /** Empty if the transfer is over. */
    private static Optional<Running> reading(Transfer transfer) {
        return transfer.reader().map(reader -> new Running(transfer, reader));
    }

    /**
     * A resource that is on its way, or will be now because everybody may have it: a part of it can be had as soon as it is there.
     * Empty if it has to be asked for by itself.
     */
    public Optional<Fetched> together(String resource, Map<String, String> fields, ByteRange range) throws IOException {
        var joined = near(resource, range);
        if (joined.isPresent() || !isOrdinary(fields)) {
            return joined;
        }
        var plan = desk.plan(resource);
        return plan.isPresent() ? bySwarm(resource, plan.get()) : Optional.empty();
    }

    /** A part of what is on its way already, if it is there or will soon be. */
    public Optional<Fetched> near(String resource, ByteRange range) {
        var joined = join(resource);
        if (joined.isEmpty() || joined.get().transfer().isNear(range, NEAR)) {
            return joined.map(Fetched.class::cast);
        }
        joined.get().reader().close();
        return Optional.empty();
    }

    private Fetched begin(String resource, Map<String, String> fields) throws IOException {
        var plan = isOrdinary(fields) ? desk.plan(resource) : Optional.<Plan>empty();
        var planned = plan.isPresent() ? bySwarm(resource, plan.get()) : Optional.<Fetched>empty();
        return planned.isPresent() ? planned.get() : ask(resource, fields);
    }

    /** Whether the broker's answer cannot depend on the fields: then it need not see them. */
    private static boolean isOrdinary(Map<String, String> fields) {
        return fields.entrySet().stream().allMatch(field -> ORDINARY.contains(field.getKey().toLowerCase(Locale.ROOT))
                && !field.getValue().contains("metalink"));
    }

    /** Empty if the swarm is of no use for it. */
    private Optional<Fetched> bySwarm(String resource, Plan plan) throws IOException {
        var representation = plan.representation();
        var held = stored.held(resource, representation);
        if (held.isPresent()) {
            return held.map(Held::new);
        }
        Partial partial;
        try {
            partial = store.partial(representation);
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("not fetched from peers");
            desk.decline(representation.digest());
            return Optional.empty();
        }
        if (partial.verified().isEmpty()) {
            var meanwhile = stored.held(resource, representation); // another transfer may have been done between the two looks
            if (meanwhile.isPresent()) {
                partial.close();
                return meanwhile.map(Held::new);
            }
        }
        var transfer = new Transfer(partial, representation.size(), representation.headers().fields(),
                Optional.of(representation.digest()));
        var swarm = new SwarmTransfer(transfer, partial, resource, opener, desk, failures, lanes, patience);
        if (!desk.begin(representation.digest(), swarm)) {
            partial.close(); // it is on its way under another name
            return Optional.empty();
        }
        var started = start(resource, transfer, StoredResources.UNKNOWN, () -> swarm.run(plan));
        if (started.transfer() != transfer) {
            desk.end(representation.digest()); // another request of the same moment was first
        }
        return Optional.of(started);
    }

    private Fetched ask(String resource, Map<String, String> fields) throws IOException {
        var known = stored.known(resource);
        var sent = new HashMap<>(fields);
        known.ifPresent(last -> sent.put("If-None-Match", last.etag()));
        var asked = stored.now();
        var answer = broker.get(resource, sent);
        var target = answer.headers().firstValue(FieldNames.TARGET_REPR_DIGEST).flatMap(DigestField::parse);
        if (answer.statusCode() == 302 && target.isPresent()) {
            answer.body().close();
            return fromPeers(resource, fields, target.get(), sources(answer));
        }
        if (answer.statusCode() == 304 && known.isPresent()) {
            answer.body().close();
            var blob = stored.confirmed(resource, known.get(), answer, asked);
            return blob.isPresent() ? new Held(blob.get()) : new Passed(broker.fromOrigin("GET", resource, fields));
        }
        return storedOrPassed(resource, answer, asked);
    }

    private Fetched storedOrPassed(String resource, HttpResponse<InputStream> answer, Instant asked)
            throws IOException {
        return answer.statusCode() == 200 && isShareable(answer)
                ? fromOrigin(resource, answer, asked)
                : new Passed(answer);
    }

    /** The stored blob of a resource, if the broker confirms that it is still right. */
    public Optional<Blob> revalidated(String resource) throws IOException {
        var known = stored.known(resource);
        if (known.isEmpty()) {
            return Optional.empty();
        }
        var asked = stored.now();
        var answer = broker.fromOrigin("HEAD", resource, Map.of("If-None-Match", known.get().etag()));
        answer.body().close();
        return answer.statusCode() == 304 ? stored.confirmed(resource, known.get(), answer, asked) : Optional.empty();
    }

    private boolean isShareable(HttpResponse<?> answer) {
        return broker.isItsOwn(answer)
                && answer.headers().firstValue(FieldNames.LABEL).filter("shareable"::equals).isPresent()
                && answer.headers().firstValueAsLong("Content-Length").isPresent();
    }

    /** The peers of a redirect, best first. */
    private static List<URI> sources(HttpResponse<?> answer) {
        var links = answer.headers().allValues("Link").stream().flatMap(line -> Link.parse(line).stream())
                .filter(link -> link.is("duplicate")).sorted(Comparator.comparingInt(Link::priority))
                .map(Link::target);
        return Stream.concat(answer.headers().firstValue("Location").stream(), links)
                .flatMap(target -> url(target).stream()).distinct().toList();
    }

    /** What is no URL is left out as a peer that is not there. */
    private static Optional<URI> url(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Fetched fromPeers(String resource, Map<String, String> fields, Sha256 digest, List<URI> peers)
            throws IOException {
        Representation representation;
        Partial partial;
        try {
            representation = registry.representation(digest, resource);
            var held = stored.held(resource, representation);
            if (held.isPresent()) {
                return new Held(held.get());
            }
            partial = store.partial(representation);
        } catch (IOException e) {
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("not fetched from peers");
            var asked = stored.now();
            return storedOrPassed(resource, broker.fromOrigin("GET", resource, fields), asked);
        }
        var sources = new ArrayList<Source>();
        peers.forEach(url -> sources.add(new Source.Peer(url)));
        for (int i = 0; i < ORIGIN_TRIES; i++) {
            sources.add(new Source.Origin(resource));
        }
        var transfer = new Transfer(partial, representation.size(), representation.headers().fields(),
                Optional.of(digest));
        return start(resource, transfer, StoredResources.UNKNOWN,
                () -> new PeerTransfer(transfer, partial, opener, sources, failures).run());
    }

    private Fetched fromOrigin(String resource, HttpResponse<InputStream> answer, Instant asked) throws IOException {
        long size = answer.headers().firstValueAsLong("Content-Length").orElseThrow();
        ReplayedHeaders headers;
        Incoming incoming;
        try {
            headers = StoredResources.replayed(answer.headers());
            incoming = store.begin(size);
        } catch (IOException | IllegalArgumentException e) { // the latter: a field is too long to be replayed
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("not stored");
            return new Passed(answer);
        }
        var promised = answer.headers().firstValue(FieldNames.REPR_DIGEST).flatMap(DigestField::parse);
        var transfer = new Transfer(incoming, size, headers.fields(), promised);
        var body = opener.guardOrigin(answer.body());
        var started = start(resource, transfer, StoredResources.confirmation(answer, asked),
                () -> new OriginTransfer(transfer, new Source.Origin(resource), incoming, body, headers, promised)
                        .run());
        if (started.transfer() != transfer) {
            body.close();
        }
        return started;
    }

    /** What fills a transfer. */
    private interface Filler {
        Blob run() throws IOException;
    }

    /** Starts to fill the transfer, unless another request of the same moment was first: then that one's is joined. */
    private Running start(String resource, Transfer transfer, Instant confirmed, Filler filler) {
        var own = reading(transfer).orElseThrow(); // the filler has not begun, so the transfer is open
        var other = Optional.ofNullable(running.putIfAbsent(resource, transfer)).flatMap(Fetcher::reading);
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

    /**
     * Passes on the bytes of a transfer as they are verified, and closes its reader. When the transfer breaks off, for
     * instance because the disk is full, the origin's bytes follow from there: what was begun is finished.
     */
    public void copy(String resource, Running running, OutputStream out) throws IOException {
        copy(resource, running, new Span(0, running.transfer().size() - 1), out);
    }

    /** The same for a part. */
    public void copy(String resource, Running running, Span span, OutputStream out) throws IOException {
        var reader = running.reader();
        var buffer = new byte[BUFFER];
        reader.seek(span.first());
        try (reader) {
            int count = 0;
            while (count >= 0 && reader.position() <= span.last()) {
                count = readUnlessFailed(reader, buffer, span.last() + 1 - reader.position());
                out.write(buffer, 0, Math.max(0, count));
            }
        }
        if (reader.position() <= span.last()) {
            try (InputStream tail = tail(resource, running.transfer(), new Span(reader.position(), span.last()))) {
                tail.transferTo(out);
            }
        }
    }

    private static int readUnlessFailed(Transfer.Reader reader, byte[] buffer, long most) {
        try {
            return reader.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, most)));
        } catch (IOException e) {
            return -1; // why, the transfer has logged
        }
    }

    /** The origin's bytes of a part; another version's would not fit, and is refused. */
    private InputStream tail(String resource, Transfer transfer, Span span) throws IOException {
        String etag = transfer.headers().getOrDefault("ETag", "");
        boolean isToTheEnd = span.last() == transfer.size() - 1;
        String range = "bytes=" + span.first() + "-" + (isToTheEnd ? "" : span.last());
        var answer = broker.fromOrigin("GET", resource, Map.of("Range", range, "If-Range", etag));
        boolean same = answer.headers().firstValue("ETag").filter(etag::equals).isPresent();
        boolean whole = answer.statusCode() == 200
                && answer.headers().firstValueAsLong("Content-Length").orElse(-1) == transfer.size();
        String wanted = span.contentRange(transfer.size());
        boolean rest = answer.statusCode() == 206
                && answer.headers().firstValue("Content-Range").filter(wanted::equals).isPresent();
        if (!same || !(whole && isToTheEnd) && !rest) {
            answer.body().close();
            throw new IOException(
                    "the origin does not have the version that was begun (status " + answer.statusCode() + ")");
        }
        if (whole) {
            answer.body().skipNBytes(span.first());
        }
        return answer.body();
    }

    @Override
    public void close() {
        lanes.shutdownNow();
        threads.shutdownNow();
        timer.shutdownNow();
    }
}
