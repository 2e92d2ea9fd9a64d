package io.fingerpost.broker;

import io.fingerpost.broker.admin.AdminHandler;
import io.fingerpost.broker.collapse.Flights;
import io.fingerpost.broker.edge.EdgeHandler;
import io.fingerpost.broker.edge.Http2Rules;
import io.fingerpost.broker.edge.InFlight;
import io.fingerpost.broker.edge.Listeners;
import io.fingerpost.broker.edge.Provenance;
import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.origin.Learner;
import io.fingerpost.broker.origin.OriginProxy;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.broker.tls.EdgeCertificate;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.DataDirectory;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.registry.LeaseSweeper;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.http.ErrorHandler;
import io.fingerpost.registry.http.RegistryApi;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A broker with an embedded registry: the composition root. */
public final class Broker implements AutoCloseable {
    private final BrokerConfig config;
    private final DataDirectory data;
    private final BrokerMetrics metrics;
    private final OriginProxy origin;
    private final RegistryApi registryApi;
    private final LeaseSweeper sweeper;
    private final InFlight inFlight;
    private final Optional<EdgeCertificate> certificate;
    private final Listeners edge;
    private final Undertow admin;

    /** Wires a broker, which then waits for {@link #start}. */
    public Broker(BrokerConfig config, InstantSource clock) {
        this.config = config;
        var policy = new AddressPolicy(config.registry().allowPeers());
        this.data = DataDirectory.open(config.data());

        var prover = new EndpointProver(new EndpointDialler(policy, config.registry().proofTimeout()));
        var representations = new RepresentationTable(config.registry().representationMemory());
        var registry = new Registry(config.registry(), config.lease(), new MemoryStore(), representations, prover,
                data.privateFile("ticket.secret", Broker::newSecret), clock);
        this.sweeper = new LeaseSweeper(registry);
        this.registryApi = new RegistryApi(registry);

        this.metrics = new BrokerMetrics(registry);
        var learner = new Learner(representations, clock);
        this.origin = new OriginProxy(config, learner, metrics);
        var flights = new Flights(config.spool(), origin, learner, representations, clock, metrics);
        metrics.watch(flights);
        var redirects = new RedirectPolicy(config.sharing(), registry, clock, ThreadLocalRandom::current);
        this.inFlight = new InFlight(new ErrorHandler(new EdgeHandler(redirects, flights, registryApi, metrics,
                config.registry().ticketTtl(), clock)));
        this.certificate = config.edge().tls().listen().map(_ -> new EdgeCertificate(config.edge().tls(), clock));
        certificate.ifPresent(metrics::watch);
        this.edge = new Listeners(config.edge(), new Http2Rules(new Provenance(config.edge(), inFlight)),
                certificate.map(EdgeCertificate::context));
        this.admin = Listeners.builder((int) config.edge().idleTimeout().toMillis())
                .addHttpListener(config.admin().listen().port(), config.admin().listen().host(),
                        new AdminHandler(metrics, () -> !inFlight.isDraining()))
                .build();
    }

    private static byte[] newSecret() {
        var secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** Opens the listeners; throws if an address cannot be bound. */
    public void start() {
        sweeper.start();
        config.admin().listen().listen(admin::start);
        edge.start();
        certificate.ifPresent(EdgeCertificate::start);
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

    /**
     * Reads the edge's certificate again, if it has one.
     *
     * @throws ConfigException if it cannot be used: then the old one stays
     */
    public void reloadCertificate() {
        certificate.ifPresent(EdgeCertificate::reload);
    }

    /** Lets the requests under way end, then stops everything in the reverse order of its start. */
    @Override
    public void close() {
        inFlight.drain(config.edge().drainTimeout());
        origin.close(); // needs the edge's threads
        edge.stop();
        admin.stop();
        certificate.ifPresent(EdgeCertificate::close);
        registryApi.close();
        sweeper.close();
        metrics.close();
        data.close();
    }
}
