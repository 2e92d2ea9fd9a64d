package io.fingerpost.broker.bench;

import io.fingerpost.broker.TestRegistry;
import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.choice.PeerChoice;
import io.fingerpost.broker.routing.Client;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.RecentRedirects;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.broker.rules.Audience;
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The decision alone, on a large table, for requests that are spread by Zipf(1) and come from clients never seen before. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBench {
    private static final int REQUESTS = 1 << 20;
    private static final int UPDATES_PER_SECOND = 100_000;
    private static final int BATCH = 100;

    @Param("1000000")
    public int resources;

    @Param("100000")
    public int peers;

    @Param("3")
    public int holders;

    private final MemoryStore store = new MemoryStore();
    private List<Peer> admitted;
    private RedirectPolicy policy;
    private EdgeRequest[] requests;
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        var table = new RepresentationTable(ByteSize.parse("64GiB"));
        LargeTable.learn(table, resources);
        admitted = LargeTable.admitPeers(store, peers);
        LargeTable.hold(store, admitted, resources, holders);
        var clock = InstantSource.system();
        var locator = TestRegistry.locator();
        var registry = TestRegistry.of(store, table, clock);
        policy = new RedirectPolicy(registry, locator, new RecentRedirects(Duration.ofSeconds(20), (_, _) -> {}),
                new PeerChoice(registry, new NetworkShares(75), ThreadLocalRandom::current), () -> false, clock);
        requests = requests();
    }

    private EdgeRequest[] requests() {
        var random = new SplittableRandom(7);
        var terms = TestTerms.with(Audience.ANY);
        var client = new Client(InetAddress.ofLiteral("203.0.113.7"), false);
        var made = new EdgeRequest[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long rank = (long) Math.exp(random.nextDouble() * Math.log(resources + 1.0));
            var resource = LargeTable.resource((int) (rank * 618_033 % resources));
            made[i] = new EdgeRequest("GET", resource.target(), "", resource, terms, client, true,
                    Map.of("User-Agent", "client-" + i)::get);
        }
        return made;
    }

    private Decision decideNext() {
        next = next + 1 & REQUESTS - 1;
        return policy.decide(requests[next]);
    }

    @Benchmark
    public Decision decide() {
        return decideNext();
    }

    @Benchmark
    @Group("whileUpdated")
    @GroupThreads
    public Decision decideWhileUpdated() {
        return decideNext();
    }

    /** What is new at the peers: 100,000 holdings a second come or go. */
    @Benchmark
    @Group("whileUpdated")
    @GroupThreads
    public void update() {
        long start = System.nanoTime();
        var random = ThreadLocalRandom.current();
        for (int i = 0; i < BATCH; i++) {
            Peer peer = admitted.get(random.nextInt(peers));
            var digest = LargeTable.digest(random.nextInt(resources));
            store.hold(peer.id(), digest, PieceSet.all(random.nextBoolean() ? 1 : 0));
        }
        long end = start + TimeUnit.SECONDS.toNanos(1) * BATCH / UPDATES_PER_SECOND;
        LockSupport.parkNanos(end - System.nanoTime());
    }
}
