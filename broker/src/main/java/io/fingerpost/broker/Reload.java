package io.fingerpost.broker;

import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.contract.config.BadKey;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.representation.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration again while the broker runs, and takes over its rules, what it tells of where addresses are and of who
 * may enrol, and the edge's certificate: all of them, or none if anything is wrong.
 * Requests under way keep the rules that they came under.
 */
public final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    /** Sections that are taken over. */
    private static final Set<String> LIVE = Set.of("sharing", "locality", "enrolment");

    private final Supplier<BrokerConfig> source;
    private final BrokerConfig started;
    private final RegistryParts parts;
    private final Runnable certificate;

    /**
     * What came of it.
     *
     * @param rules how many there are now
     * @param needsRestart sections that differ from what the broker was started with, and stay as they were
     */
    public record Outcome(int rules, List<String> needsRestart) {
        public Outcome {
            needsRestart = List.copyOf(needsRestart);
        }
    }

    /** @param certificate reads the edge's certificate again, and throws if it cannot be used */
    Reload(Supplier<BrokerConfig> source, BrokerConfig started, RegistryParts parts, Runnable certificate) {
        this.source = source;
        this.started = started;
        this.parts = parts;
        this.certificate = certificate;
    }

    /**
     * Reads and takes over; blocking.
     *
     * @throws ConfigException saying in one line what is wrong; everything stays as it was
     */
    public synchronized Outcome now() {
        BrokerConfig next;
        Locator located;
        try {
            next = source.get();
            requireFits(next.sharing());
            located = Locator.load(next.locality());
            certificate.run(); // last, for it takes over what it reads
        } catch (ConfigException e) {
            parts.metrics.reloaded(false);
            LOG.atWarn().addKeyValue("why", e.getMessage()).log("configuration refused; the old one stays");
            throw e;
        }
        take(next.sharing());
        parts.locator.replace(located);
        parts.enrolment.replace(next.enrolment());
        parts.registry.relocate();
        parts.metrics.reloaded(true);
        var outcome = new Outcome(next.sharing().rules().size(), changedSections(next));
        LOG.atInfo().addKeyValue("rules", outcome.rules).addKeyValue("needsRestart", outcome.needsRestart)
                .log("configuration reloaded");
        return outcome;
    }

    /** New rules meet the old sites and the old public URL: those take a restart. */
    private void requireFits(SharingConfig next) {
        try {
            next.requireFits(started.edge().sites(), started.origin().publicUrl().isPresent());
        } catch (BadKey e) {
            throw new ConfigException(e.key() + ": " + e.getMessage() + ", and a change of that takes a restart");
        }
    }

    private void take(SharingConfig next) {
        SharingConfig before = parts.rules.current();
        parts.suspendRules();
        parts.rules.replace(next);
        // What was learned under other terms might not be true under these.
        parts.representations.forgetIf(resource -> !terms(before, resource).equals(terms(next, resource)));
        parts.ruled();
    }

    private static Object terms(SharingConfig sharing, ResourceId resource) {
        return sharing.termsOf(resource.site(), resource.path());
    }

    private List<String> changedSections(BrokerConfig next) {
        var changed = new ArrayList<String>();
        for (var section : BrokerConfig.class.getRecordComponents()) {
            try {
                var accessor = section.getAccessor();
                if (!LIVE.contains(section.getName())
                        && !Objects.equals(accessor.invoke(started), accessor.invoke(next))) {
                    changed.add(section.getName());
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record's accessors are public", e);
            }
        }
        return changed;
    }
}
