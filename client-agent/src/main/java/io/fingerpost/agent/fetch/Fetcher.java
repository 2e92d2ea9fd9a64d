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
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
    private final RunningTransfers running;
    private final Delivery delivery;
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
        this.running = new RunningTransfers(stored, threads);
        this.delivery = new Delivery(broker);
    }

    /**
     * Gets a resource.
     *
     * @param resource path and query on the broker
     * @param fields that the one who wants it sends, without conditions and ranges
     */
    public Fetched fetch(String resource, Map<String, String> fields) throws IOException {
        var joined = running.join(resource);
        var fetched = joined.isPresent() ? joined.get() : begin(resource, fields);
        return fetched instanceof Running begun ? unlessInVain(begun, resource, fields) : fetched;
    }

    /** Waits for the first bytes: until then nobody was promised anything, and the origin can still speak for itself. */
    private Fetched unlessInVain(Running running, String resource, Map<String, String> fields) throws IOException {
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
        return running.underWay();
    }

    /** What all transfers together got since the start. */
    public Received received() {
        return running.received();
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
        return running.near(resource, range).map(Fetched.class::cast);
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
        var started = running.start(resource, transfer, StoredResources.UNKNOWN, () -> swarm.run(plan));
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
            return fromPeers(resource, fields, target.get(), RedirectTargets.of(answer));
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
        return running.start(resource, transfer, StoredResources.UNKNOWN,
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
        var started = running.start(resource, transfer, StoredResources.confirmation(answer, asked),
                () -> new OriginTransfer(transfer, new Source.Origin(resource), incoming, body, headers, promised)
                        .run());
        if (started.transfer() != transfer) {
            body.close();
        }
        return started;
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
        delivery.copy(resource, running, span, out);
    }

    @Override
    public void close() {
        lanes.shutdownNow();
        threads.shutdownNow();
        timer.shutdownNow();
    }
}
