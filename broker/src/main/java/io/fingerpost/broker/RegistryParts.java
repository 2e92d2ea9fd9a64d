package io.fingerpost.broker;

import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.rules.LiveRules;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.DataDirectory;
import io.fingerpost.registry.LeaseSweeper;
import io.fingerpost.registry.Registry;
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
import io.fingerpost.registry.http.RegistryApi;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.redis.RedisAddress;
import io.fingerpost.registry.redis.SharedRegistry;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.swarm.Swarms;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A registry and all that it needs, as the configuration says: the part of the composition root that a broker and a registry by itself share. */
final class RegistryParts implements AutoCloseable {
    final LiveLocator locator;
    final LiveRules rules;
    final RepresentationTable representations;
    final Enrolment enrolment;
    final Registry registry;
    final BrokerMetrics metrics;
    final Suspicions suspicions = new Suspicions();
    final Panic panic = new Panic();
    final RegistryApi api;
    private final BrokerConfig config;
    private final DataDirectory data;
    private final Optional<DurableStore> durable;
    private final Optional<SharedRegistry> shared;
    private final Standings standings;
    private final LeaseSweeper sweeper;
    private final HealthLoop health;
    private final Swarms swarms;

    /** @param sends whether this process sends clients to peers */
    RegistryParts(BrokerConfig config, boolean sends, InstantSource clock) {
        this.config = config;
        var addresses = new AddressPolicy(config.registry().allowPeers());
        this.locator = new LiveLocator(Locator.load(config.locality()));
        this.data = DataDirectory.open(config.data());
        this.rules = new LiveRules(config.edge().sites(), config.sharing());
        this.representations = new RepresentationTable(config.registry().representationMemory());

        byte[] secret = data.privateFile("ticket.secret", RegistryParts::newSecret);
        this.shared = config.registry().store().redis().map(redis -> shared(redis, sends, secret, clock));
        this.durable = switch (config.registry().store().kind()) {
            case EMBEDDED -> Optional.of(new DurableStore(data.resolve("registry"), representations, clock));
            case MEMORY, REDIS -> Optional.empty();
        };
        this.standings = new Standings(shared.map(SharedRegistry::standingLog)
                .or(() -> durable.<StandingLog>map(embedded -> embedded)).orElse(StandingLog.NONE), clock);
        var dialler = new EndpointDialler(addresses, config.registry().proofTimeout());
        var prover = new EndpointProver(dialler);
        this.enrolment = new Enrolment(config.enrolment(), config.registry().superNodeTokenHash());
        RegistryStore store = shared.<RegistryStore>map(SharedRegistry::store)
                .or(() -> durable.<RegistryStore>map(embedded -> embedded)).orElseGet(MemoryStore::new);
        this.registry = new Registry(config.registry(), config.lease(), config.choice().maxRate(), store,
                representations, prover, enrolment, locator, standings,
                shared.<Supplier<byte[]>>map(with -> with::ticketSecret).orElse(() -> secret), clock);
        this.sweeper = new LeaseSweeper(registry);
        durable.ifPresent(this::restore);

        this.metrics = new BrokerMetrics(registry);
        var reports = new Reports(registry, suspicions, metrics, clock);
        metrics.watch(panic);
        shared.ifPresent(metrics::watch);
        var probes = new NetworkProbes(prover, dialler, config.registry().proofTimeout(), registry::sharesLan, clock);
        this.health = HealthLoop.of(registry,
                new Health.Clinic(probes, standings, suspicions, reports, panic, metrics), clock);
        this.swarms = new Swarms(registry, config.swarm(), rules, metrics, new SplittableRandom(), clock);
        metrics.watch(swarms);
        this.api = new RegistryApi(registry, swarms, rules, reports);
    }

    private SharedRegistry shared(RedisAddress redis, boolean sends, byte[] secret, InstantSource clock) {
        return new SharedRegistry(redis, representations,
                new SharedRegistry.Part(fingerprint(), sends, config.registry().hotRepresentations()), secret, clock);
    }

    private void restore(DurableStore embedded) {
        embedded.restore(fingerprint(), registry::restored, registry::leaseEnd);
        standings.restore(embedded.standings());
        embedded.forEachPeer(standings::receive);
    }

    private Sha256 fingerprint() {
        return rules.fingerprint(config.origin().url());
    }

    private static byte[] newSecret() {
        var secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return secret;
    }

    /** The rules are about to change: what is learned until {@link #ruled} is believed by nobody after a restart. */
    void suspendRules() {
        durable.ifPresent(DurableStore::suspendRules);
    }

    /** Other rules hold now. */
    void ruled() {
        durable.ifPresent(embedded -> embedded.rule(fingerprint()));
        shared.ifPresent(with -> with.rule(fingerprint()));
    }

    void start() {
        shared.ifPresent(with -> with.start(registry, standings));
        sweeper.start();
        health.start();
        swarms.start();
    }

    /** Lets go whoever waits for something that may come: this process is about to end. */
    void letGo() {
        swarms.letGo();
    }

    /** Stops everything in the reverse order of its start. */
    @Override
    public void close() {
        api.close();
        swarms.close();
        health.close();
        sweeper.close();
        shared.ifPresent(SharedRegistry::close);
        durable.ifPresent(DurableStore::close);
        metrics.close();
        data.close();
    }
}
