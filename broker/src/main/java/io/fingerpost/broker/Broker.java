package io.fingerpost.broker;

import io.fingerpost.broker.admin.AdminHandler;
import io.fingerpost.broker.admin.ExplainHandler;
import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.choice.PeerChoice;
import io.fingerpost.broker.collapse.Flights;
import io.fingerpost.broker.edge.DebugField;
import io.fingerpost.broker.edge.EdgeAnswers;
import io.fingerpost.broker.edge.EdgeHandler;
import io.fingerpost.broker.edge.MetalinkHandler;
import io.fingerpost.broker.edge.PeerUrls;
import io.fingerpost.broker.edge.Redirects;
import io.fingerpost.broker.edge.RequestReader;
import io.fingerpost.broker.edge.Suspects;
import io.fingerpost.broker.explain.Explainer;
import io.fingerpost.broker.listen.BodyPace;
import io.fingerpost.broker.listen.Http2Rules;
import io.fingerpost.broker.listen.InFlight;
import io.fingerpost.broker.listen.Listeners;
import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.origin.Learner;
import io.fingerpost.broker.origin.OriginProxy;
import io.fingerpost.broker.provenance.Provenance;
import io.fingerpost.broker.routing.Bookings;
import io.fingerpost.broker.routing.RecentRedirects;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.broker.rules.LiveRules;
import io.fingerpost.broker.tls.EdgeCertificate;
import io.fingerpost.contract.config.DataDirectory;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.registry.LeaseSweeper;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RegistryConfig.StoreKind;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.durable.DurableStore;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.health.Health;
import io.fingerpost.registry.health.HealthLoop;
import io.fingerpost.registry.health.NetworkProbes;
import io.fingerpost.registry.health.Panic;
import io.fingerpost.registry.health.Reports;
import io.fingerpost.registry.health.StandingLog;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.health.Suspicions;
import io.fingerpost.registry.http.ErrorHandler;
import io.fingerpost.registry.http.RegistryApi;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.swarm.Swarms;
import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** A broker with an embedded registry: the composition root. */
public final class Broker implements AutoCloseable {
    private final BrokerConfig config;
    private final LiveLocator locator;
    private final DataDirectory data;
    private final BrokerMetrics metrics;
    private final OriginProxy origin;
    private final RegistryApi registryApi;
    private final Optional<DurableStore> durable;
    private final LeaseSweeper sweeper;
    private final HealthLoop health;
    private final Swarms swarms;
    private final InFlight inFlight;
    private final Optional<EdgeCertificate> certificate;
    private final Listeners edge;
    private final Undertow admin;
    private final AdminHandler adminHandler;
    private final Reload reload;

    /**
     * Wires a broker, which then waits for {@link #start}.
     *
     * @param source reads the configuration, now and at each reload
     */
    public Broker(Supplier<BrokerConfig> source, InstantSource clock) {
        this.config = source.get();
        var addresses = new AddressPolicy(config.registry().allowPeers());
        this.locator = new LiveLocator(Locator.load(config.locality()));
        this.data = DataDirectory.open(config.data());

        var dialler = new EndpointDialler(addresses, config.registry().proofTimeout());
        var prover = new EndpointProver(dialler);
        var representations = new RepresentationTable(config.registry().representationMemory());
        this.durable = config.registry().store() == StoreKind.EMBEDDED
                ? Optional.of(new DurableStore(data.resolve("registry"), representations, clock))
                : Optional.empty();
        var store = durable.<RegistryStore>map(embedded -> embedded).orElseGet(MemoryStore::new);
        var standings = new Standings(durable.<StandingLog>map(embedded -> embedded).orElse(StandingLog.NONE), clock);
        var enrolment = new Enrolment(config.enrolment(), config.registry().superNodeTokenHash());
        var registry = new Registry(config.registry(), config.lease(), config.choice().maxRate(), store,
                representations, prover, enrolment, locator, standings,
                data.privateFile("ticket.secret", Broker::newSecret), clock);
        this.sweeper = new LeaseSweeper(registry);
        var rules = new LiveRules(config.edge().sites(), config.sharing());
        durable.ifPresent(embedded -> {
            embedded.restore(rules.fingerprint(config.origin().url()), registry::restored, registry::leaseEnd);
            standings.restore(embedded.standings());
            registry.forEachPeer(standings::receive);
            embedded.forEachPeer(standings::receive);
        });

        this.metrics = new BrokerMetrics(registry);
        var suspicions = new Suspicions();
        var reports = new Reports(registry, suspicions, metrics, clock);
        var panic = new Panic();
        metrics.watch(panic);
        var probes = new NetworkProbes(prover, dialler, config.registry().proofTimeout(), registry::sharesLan, clock);
        this.health = HealthLoop.of(registry,
                new Health.Clinic(probes, standings, suspicions, reports, panic, metrics), clock);
        this.swarms = new Swarms(registry, config.swarm(), rules, metrics, new SplittableRandom(), clock);
        metrics.watch(swarms);
        this.registryApi = new RegistryApi(registry, swarms, rules, reports);

        var learner = new Learner(representations, rules, clock);
        this.origin = new OriginProxy(config, learner, metrics);
        var flights = new Flights(config.spool(), origin, learner, representations, clock, metrics);
        metrics.watch(flights);
        var recent = new RecentRedirects(config.edge().retryWindow(),
                new Suspects(metrics, representations, suspicions));
        var shares = new NetworkShares(config.choice().networkShare());
        var policy = new RedirectPolicy(registry, locator, recent,
                new PeerChoice(registry, shares, ThreadLocalRandom::current), panic, clock);
        var bookings = new Bookings(registry, recent, shares, locator, clock);
        var explainer = new Explainer(policy, registry, locator, clock);
        var urls = new PeerUrls(config.registry().ticketTtl(), clock);
        var reader = new RequestReader(rules);
        var answers = new EdgeAnswers(flights, new Redirects(urls, publicUrl(config.origin())),
                new MetalinkHandler(reader, policy, bookings, urls), registryApi);
        this.inFlight = new InFlight(
                new ErrorHandler(new EdgeHandler(reader, policy, bookings, answers, metrics,
                        new DebugField(config.admin().debugToken(), explainer))));
        this.certificate = config.edge().tls().listen().map(_ -> new EdgeCertificate(config.edge().tls(), clock));
        certificate.ifPresent(metrics::watch);
        this.edge = new Listeners(config.edge(),
                new Http2Rules(new Provenance(config.edge(), new BodyPace(config.edge().bodyTimeout(), inFlight))),
                certificate.map(EdgeCertificate::context));

        this.reload = new Reload(source, config, rules, locator, enrolment, registry, durable,
                () -> certificate.ifPresent(EdgeCertificate::reload), metrics);
        this.adminHandler = new AdminHandler(metrics, () -> !inFlight.isDraining(), reload::now,
                new ErrorHandler(new ExplainHandler(reader, explainer)));
        this.admin = Listeners.builder(config.edge())
                .addHttpListener(config.admin().listen().port(), config.admin().listen().host(), adminHandler)
                .build();
    }

    private static String publicUrl(BrokerConfig.Origin origin) {
        return origin.publicUrl().map(url -> url.toString().replaceFirst("/+$", "")).orElse("");
    }

    private static byte[] newSecret() {
        var secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** Opens the listeners; throws if an address cannot be bound. */
    public void start() {
        sweeper.start();
        health.start();
        swarms.start();
        config.admin().listen().listen(admin::start);
        edge.start();
        certificate.ifPresent(EdgeCertificate::start);
    }

    /** Where addresses are, as the operator says now. */
    LiveLocator locator() {
        return locator;
    }

    /** Reads the configuration, the files that `locality` names and the edge's certificate again; see {@link Reload#now}. */
    public void reload() {
        reload.now();
    }

    /** Where clients come in. */
    public Listeners edge() {
        return edge;
    }

    /** Where operators look; the port is the one really bound. */
    public HostPort adminAddress() {
        var bound = (InetSocketAddress) admin.getListenerInfo().getFirst().getAddress();
        return config.admin().listen().withPort(bound.getPort());
    }

    /** Lets the requests under way end, then stops everything in the reverse order of its start. */
    @Override
    public void close() {
        inFlight.drain(config.edge().drainTimeout());
        origin.close(); // needs the edge's threads
        edge.stop();
        admin.stop();
        adminHandler.close();
        certificate.ifPresent(EdgeCertificate::close);
        registryApi.close();
        swarms.close();
        health.close();
        sweeper.close();
        durable.ifPresent(DurableStore::close);
        metrics.close();
        data.close();
    }
}
