package io.fingerpost.broker;

import io.fingerpost.broker.admin.AdminHandler;
import io.fingerpost.broker.listen.BodyPace;
import io.fingerpost.broker.listen.Http2Rules;
import io.fingerpost.broker.listen.InFlight;
import io.fingerpost.broker.listen.Listeners;
import io.fingerpost.broker.provenance.Provenance;
import io.fingerpost.broker.tls.EdgeCertificate;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.registry.StoreLocation;
import io.fingerpost.registry.http.ErrorHandler;
import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** A registry by itself, without an edge: it shares a Redis with brokers and with others of its kind. The composition root. */
public final class RegistryProcess implements AutoCloseable {
    private final BrokerConfig config;
    private final RegistryParts parts;
    private final InFlight inFlight;
    private final Optional<EdgeCertificate> certificate;
    private final Listeners listeners;
    private final AdminHandler adminHandler;
    private final Undertow admin;
    private final Reload reload;

    /**
     * Wires a registry, which then waits for {@link #start}.
     *
     * @param source reads the configuration, which is that of the brokers but for addresses and the data directory
     * @throws ConfigException if it would share with nobody
     */
    public RegistryProcess(Supplier<BrokerConfig> source, InstantSource clock) {
        this.config = source.get();
        if (config.registry().store().kind() != StoreLocation.Kind.REDIS) {
            throw new ConfigException(
                    "registry.store must be the address of a Redis: a registry by itself shares with brokers");
        }
        this.parts = new RegistryParts(config, false, clock);
        this.inFlight = new InFlight(new ErrorHandler(parts.api));
        this.certificate = config.edge().tls().listen().map(_ -> new EdgeCertificate(config.edge().tls(), clock));
        this.listeners = new Listeners(config.edge(),
                new Http2Rules(new Provenance(config.edge(), new BodyPace(config.edge().bodyTimeout(), inFlight))),
                certificate.map(EdgeCertificate::context));
        this.reload = new Reload(source, config, parts, () -> certificate.ifPresent(EdgeCertificate::reload));
        this.adminHandler = new AdminHandler(parts.metrics, () -> !inFlight.isDraining(), reload::now,
                AdminHandler::nothingToExplain);
        this.admin = Listeners.builder(config.edge())
                .addHttpListener(config.admin().listen().port(), config.admin().listen().host(), adminHandler).build();
    }

    /** Opens the listeners; throws if an address cannot be bound. */
    public void start() {
        parts.start();
        config.admin().listen().listen(admin::start);
        listeners.start();
        certificate.ifPresent(EdgeCertificate::start);
    }

    /** Reads the configuration again; see {@link Reload#now}. */
    public void reload() {
        reload.now();
    }

    /** Where agents come in. */
    public Listeners listeners() {
        return listeners;
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
        listeners.stop();
        admin.stop();
        adminHandler.close();
        certificate.ifPresent(EdgeCertificate::close);
        parts.close();
    }
}
