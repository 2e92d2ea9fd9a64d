package io.fingerpost.agent.testing;

import io.fingerpost.agent.identity.Identity;
import io.fingerpost.agent.serve.MonthlyCount;
import io.fingerpost.agent.serve.Pause;
import io.fingerpost.agent.serve.PeerHandler;
import io.fingerpost.agent.serve.Uploads;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.config.DataDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A peer that serves from a store of its own, to whoever shows a ticket of {@link #KEY}. */
public final class Peer implements BeforeEachCallback, AfterEachCallback {
    public static final PeerEndpoint ENDPOINT = PeerEndpoint.parse("http://peer.example:7400");
    public static final UploadBudget BUDGET = new UploadBudget(UploadBudget.MAX_RATE, 16, 0);
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final TicketKey KEY = TicketKey.derive(new byte[32],
            new PeerId("peer-".repeat(8) + "abc"));

    private final UploadBudget budget;
    private final long maxBytes;
    private final AtomicReference<Pause> pause = new AtomicReference<>(Pause.NEVER);
    private final AtomicReference<Predicate<InetAddress>> exempt = new AtomicReference<>(_ -> false);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<Instant> countingClock = new AtomicReference<>(NOW);
    private Path directory;
    private DataDirectory data;
    private Identity identity;
    private Registration registration;
    private BlobStore store;
    private MonthlyCount month;
    private Uploads uploads;
    private LocalServer server;

    public Peer(int slots, long maxBytes) {
        this(new UploadBudget(BUDGET.bitsPerSecond(), slots, 0), maxBytes);
    }

    /** @param maxBytes of its store */
    public Peer(UploadBudget budget, long maxBytes) {
        this.budget = budget;
        this.maxBytes = maxBytes;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("peer");
        data = DataDirectory.open(directory);
        identity = Identity.load(data);
        registration = Registration.fresh(identity.key(), List.of(ENDPOINT), BUDGET, UploadReport.IDLE);
        store = BlobStore.open(data.resolve("store"), maxBytes, InstantSource.system());
        month = MonthlyCount.open(data.resolve("uploads.json"), countingClock::get, Duration.ofHours(1));
        uploads = new Uploads(budget, month, client -> exempt.get().test(client), () -> pause.get().reason());
        server = new LocalServer(new PeerHandler(store, identity, () -> registration,
                (ticket, digest) -> KEY.check(ticket, digest, NOW), uploads, threads));
    }

    public void holds(Content content) throws IOException {
        try (var incoming = store.begin(content.size())) {
            incoming.write(ByteBuffer.wrap(content.bytes()), 0);
            incoming.commit(content.representation());
        }
    }

    /** What it registers with now. */
    public Registration registration() {
        return registration;
    }

    /** Where it serves a digest, with a ticket that is good for another minute. */
    public URI url(Sha256 digest) {
        return url(digest, KEY.issue(digest, NOW.plusSeconds(60)));
    }

    public URI url(Sha256 digest, String ticket) {
        return server.url(NiPath.of(digest) + "?t=" + ticket);
    }

    public URI url(String target) {
        return server.url(target);
    }

    public static String expiredTicket(Sha256 digest) {
        return KEY.issue(digest, NOW);
    }

    public static String ticket(Sha256 digest) {
        return KEY.issue(digest, NOW.plusSeconds(60));
    }

    public Identity identity() {
        return identity;
    }

    public BlobStore store() {
        return store;
    }

    public Uploads uploads() {
        return uploads;
    }

    /** Lets another time be for what it counts by the month; tickets stay as they are. */
    public void countAt(Instant now) {
        countingClock.set(now);
    }

    public void pauses(Pause now) {
        pause.set(now);
    }

    /** Serves some clients without regard to rate and month. */
    public void exempts(Predicate<InetAddress> clients) {
        exempt.set(clients);
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        server.close();
        month.close();
        threads.shutdownNow();
        data.close();
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
        }
    }
}
