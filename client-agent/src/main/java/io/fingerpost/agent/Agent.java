package io.fingerpost.agent;

import io.fingerpost.agent.fetch.BrokerClient;
import io.fingerpost.agent.fetch.Fetcher;
import io.fingerpost.agent.fetch.FolderShare;
import io.fingerpost.agent.fetch.HolderCounts;
import io.fingerpost.agent.fetch.OrderDesk;
import io.fingerpost.agent.gateway.AgentMetrics;
import io.fingerpost.agent.gateway.AgentStatus;
import io.fingerpost.agent.gateway.GatewayHandler;
import io.fingerpost.agent.gateway.LocalOnly;
import io.fingerpost.agent.identity.Identity;
import io.fingerpost.agent.membership.Membership;
import io.fingerpost.agent.membership.Offer;
import io.fingerpost.agent.report.FailureReporter;
import io.fingerpost.agent.serve.LocalNetwork;
import io.fingerpost.agent.serve.MachineState;
import io.fingerpost.agent.serve.MonthlyCount;
import io.fingerpost.agent.serve.PeerHandler;
import io.fingerpost.agent.serve.Uploads;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.ResourceIndex;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.config.DataDirectory;
import io.fingerpost.contract.config.HostPort;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.xnio.Options;

/** A running agent: the composition root of `fingerpost-agent run`. */
public final class Agent implements AutoCloseable {
    private static final int MAX_HEADER_BYTES = 32 * 1024;
    /** Kept for the next requests: 2 MiB for each port. */
    private static final int MAX_IDLE_BUFFERS = 128;
    /** Threads that open what is to be sent; it is sent by others. */
    private static final int MOST_SENDERS = 8;
    /** A crash forgets what was sent in this time. */
    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(5);

    private final AgentConfig config;
    private final DataDirectory data;
    private final BlobStore store;
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());
    private final ExecutorService senders = KeptThreads.of("sender-", MOST_SENDERS, threads);
    private final CompletableFuture<HttpClient> http;
    private final RegistryClient registry;
    private final FailureReporter reporter;
    private final OrderDesk orders;
    private final Fetcher fetcher;
    private final Undertow peerServer;
    private final Undertow gatewayServer;
    private final HostPort gateway;
    private final Identity identity;
    private final ResourceIndex resources;
    private final MonthlyCount monthlyCount;
    private final Uploads uploads;
    private final MachineState machine;
    private final Membership membership;

    /**
     * Starts an agent. It serves its gateway at once, and other clients as soon as it is registered.
     *
     * @param onRegistered told the agent whenever it was registered
     */
    public Agent(AgentConfig config, InstantSource clock, Consumer<Agent> onRegistered) throws IOException {
        this.config = config;
        this.data = DataDirectory.open(config.data());
        this.identity = Identity.load(data);
        var counts = new HolderCounts();
        this.store = BlobStore.open(data.resolve("store"), config.store().maxSize().bytes(), clock, counts);
        this.resources = ResourceIndex.open(data, clock);
        this.monthlyCount = MonthlyCount.open(data.resolve("uploads.json"), clock, COUNT_INTERVAL);
        this.machine = MachineState.watched(config.serve().pauseOn());
        this.uploads = new Uploads(config.serve().budget(), monthlyCount,
                client -> config.serve().lanExempt() && LocalNetwork.has(client),
                machine);
        this.http = CompletableFuture
                .supplyAsync(() -> LightHttpClient.connectingWithin(config.fetch().connectTimeout()), threads); // it takes a tenth of a second

        var broker = new BrokerClient(http::join, config.broker(), config.origin(), Optional.of(identity.peerId()));
        this.registry = new RegistryClient(config.broker());
        this.reporter = new FailureReporter(registry, clock);
        this.orders = new OrderDesk(registry, counts);
        this.fetcher = new Fetcher(broker, registry, store, resources, config.fetch(), reporter,
                orders);

        // The port has to be known before the endpoint can be named, and the endpoint before it can be proved.
        var peerRoot = Handlers.path();
        this.peerServer = listener(config.listen(), peerRoot)
                // Undertow's IDLE_TIMEOUT has no effect on HTTP/1.1 (2.4.4). The gateway goes without: what it sends may
                // have to wait for its source, and this option would take that for an idle client.
                .setSocketOption(Options.WRITE_TIMEOUT, idleTimeout()).build();
        config.listen().listen(peerServer::start);
        var address = new OwnAddress(config, port(peerServer));
        this.membership = new Membership(registry, identity.key(),
                () -> new Offer(address.endpoints(), uploads.offered()), config.token(), store, uploads::report,
                orders, () -> onRegistered.accept(this));
        var peerHandler = new PeerHandler(store, identity, membership::registration, membership::check,
                uploads, senders);
        peerRoot.addPrefixPath("/", peerHandler);

        var gatewayHandler = new GatewayHandler(fetcher, broker, threads, Set.copyOf(config.proxyFor()));
        this.gatewayServer = listener(config.gateway(), new LocalOnly(config.gateway(), Handlers.path()
                .addPrefixPath("/", gatewayHandler)
                .addExactPath(AgentStatus.PATH, this::sendStatus)
                .addExactPath(AgentMetrics.PATH, this::sendMetrics), gatewayHandler)).build();
        config.gateway().listen(gatewayServer::start);
        this.gateway = config.gateway().withPort(port(gatewayServer));
        new RunningAgent(config.broker().getScheme() + "://" + config.broker().getRawAuthority(), gatewayUrl())
                .write(config.data());
        membership.start();
    }

    private int idleTimeout() {
        return (int) config.serve().idleTimeout().toMillis();
    }

    private Undertow.Builder listener(HostPort listen, HttpHandler handler) {
        return Undertow.builder()
                .addHttpListener(listen.port(), listen.host(), handler)
                .setByteBufferPool(new DefaultByteBufferPool(true, 16 * 1024, MAX_IDLE_BUFFERS, 0, 0))
                .setIoThreads(2)
                .setWorkerThreads(2)
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, MAX_HEADER_BYTES)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, idleTimeout())
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, idleTimeout());
    }

    private static int port(Undertow server) {
        return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }

    private void sendStatus(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(WireJson.strict().writeValueAsString(status()));
    }

    /** Puts files into the store that are on this machine already. */
    public FolderShare folderShare() {
        return new FolderShare(registry, fetcher, store);
    }

    private void sendMetrics(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
        exchange.getResponseSender().send(AgentMetrics.of(status()));
    }

    /** How things stand. */
    public AgentStatus status() {
        var trouble = membership.trouble();
        var received = fetcher.received();
        return new AgentStatus(config.broker().toString(),
                membership.registration().endpoints().stream().map(PeerEndpoint::url).toList(),
                identity.peerId().value(), gatewayUrl(),
                trouble.isEmpty(), trouble, membership.reachability(), store.count(), store.usedBytes(),
                config.store().maxSize().bytes(),
                uploads.servedBytes(), monthlyCount.bytes(), config.serve().monthlyQuota().bytes(),
                received.fromPeers(), received.fromOrigin(), uploads.paused(), uploads.report().active(),
                fetcher.underWay());
    }

    public String gatewayUrl() {
        return "http://" + gateway;
    }

    /** Says goodbye, so that nobody is sent here any more, lets transfers to others end, then stops. */
    @Override
    public void close() {
        membership.close();
        try {
            uploads.drain(config.serve().drainTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        gatewayServer.stop();
        peerServer.stop();
        machine.close();
        monthlyCount.close();
        fetcher.close();
        orders.close();
        reporter.close();
        senders.shutdownNow();
        threads.shutdownNow();
        store.close();
        resources.close();
        http.join().shutdownNow();
        data.close();
    }
}
