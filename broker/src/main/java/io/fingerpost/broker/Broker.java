package io.fingerpost.broker;

import io.fingerpost.broker.admin.AdminHandler;
import io.fingerpost.broker.admin.ExplainHandler;
import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.choice.PeerChoice;
import io.fingerpost.broker.collapse.Flights;
import io.fingerpost.broker.edge.DebugField;
import io.fingerpost.broker.edge.EdgeAnswers;
import io.fingerpost.broker.edge.EdgeHandler;
import io.fingerpost.broker.edge.Elsewhere;
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
import io.fingerpost.broker.origin.Learner;
import io.fingerpost.broker.origin.OriginProxy;
import io.fingerpost.broker.provenance.Provenance;
import io.fingerpost.broker.routing.Bookings;
import io.fingerpost.broker.routing.RecentRedirects;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.broker.tls.EdgeCertificate;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.registry.http.ErrorHandler;
import io.fingerpost.registry.locality.LiveLocator;
import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** A broker with an embedded registry: the composition root. */
public final class Broker implements AutoCloseable {
    private final BrokerConfig config;
    private final RegistryParts parts;
    private final OriginProxy origin;
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
        this.parts = new RegistryParts(config, true, clock);
        var registry = parts.registry;
        var rules = parts.rules;
        var locator = parts.locator;
        var metrics = parts.metrics;
        var representations = parts.representations;

        var learner = new Learner(representations, rules, clock);
        this.origin = new OriginProxy(config, learner, metrics);
        var flights = new Flights(config.spool(), origin, learner, representations, clock, metrics);
        metrics.watch(flights);
        metrics.watch(origin);
        var recent = new RecentRedirects(config.edge().retryWindow(),
                new Suspects(metrics, representations, parts.suspicions));
        var shares = new NetworkShares(config.choice().networkShare());
        var policy = new RedirectPolicy(registry, locator, recent,
                new PeerChoice(registry, shares, ThreadLocalRandom::current), parts.panic, clock);
        var bookings = new Bookings(registry, recent, shares, locator, clock);
        var explainer = new Explainer(policy, registry, locator, clock);
        var urls = new PeerUrls(config.registry().ticketTtl(), clock);
        var reader = new RequestReader(rules);
        var answers = new EdgeAnswers(flights, new Redirects(urls, publicUrl(config.origin())),
                new MetalinkHandler(reader, policy, bookings, urls), parts.api);
        this.inFlight = new InFlight(
                new ErrorHandler(new EdgeHandler(reader, policy, bookings, answers, metrics,
                        new DebugField(config.admin().debugToken(), explainer), new Elsewhere(registry, clock))));
        this.certificate = config.edge().tls().listen().map(_ -> new EdgeCertificate(config.edge().tls(), clock));
        certificate.ifPresent(metrics::watch);
        this.edge = new Listeners(config.edge(),
                new Http2Rules(new Provenance(config.edge(), new BodyPace(config.edge().bodyTimeout(), inFlight))),
                certificate.map(EdgeCertificate::context));

        this.reload = new Reload(source, config, parts, () -> certificate.ifPresent(EdgeCertificate::reload));
        this.adminHandler = new AdminHandler(metrics, () -> !inFlight.isDraining(), reload::now,
                new ErrorHandler(new ExplainHandler(reader, explainer)));
        this.admin = Listeners.builder(config.edge())
                .addHttpListener(config.admin().listen().port(), config.admin().listen().host(), adminHandler)
                .build();
    }

    private static String publicUrl(BrokerConfig.Origin origin) {
        return origin.publicUrl().map(url -> url.toString().replaceFirst("/+$", "")).orElse("");
    }

    /** Opens the listeners; throws if an address cannot be bound. */
    public void start() {
        parts.start();
        config.admin().listen().listen(admin::start);
        edge.start();
        certificate.ifPresent(EdgeCertificate::start);
    }

    /** Where addresses are, as the operator says now. */
    LiveLocator locator() {
        return parts.locator;
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
        parts.letGo();
        inFlight.drain(config.edge().drainTimeout());
        origin.close(); // needs the edge's threads
        edge.stop();
        admin.stop();
        adminHandler.close();
        certificate.ifPresent(EdgeCertificate::close);
        parts.close();
    }
}
