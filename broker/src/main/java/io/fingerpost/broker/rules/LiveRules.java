package io.fingerpost.broker.rules;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.representation.ResourceNames;
import io.fingerpost.registry.swarm.Shareable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules that hold now. Each request is read once under one set of them; a change holds for those that come after it. */
public final class LiveRules implements ResourceNames, Shareable {
    private final Sites sites;
    private volatile SharingConfig current;

    public LiveRules(Sites sites, SharingConfig first) {
        this.sites = sites;
        this.current = first;
    }

    public SharingConfig current() {
        return current;
    }

    public void replace(SharingConfig next) {
        current = next;
    }

    /**
     * Tells these rules from others, in this process and any other: what was learned under others may not be true under these.
     *
     * @param origin from which is learned
     */
    public Sha256 fingerprint(URI origin) {
        String all = origin + "\n" + sites + "\n" + current;
        return Sha256.digestOf(all.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a resource's terms are still these. */
    public boolean hold(ResourceId resource, Terms terms) {
        return current.termsOf(resource.site(), resource.path()).equals(terms);
    }

    @Override
    public boolean allows(ResourceId resource, long size) {
        var terms = current.termsOf(resource.site(), resource.path());
        return terms.share() != Share.NO && size >= terms.minSize().bytes();
    }

    /** The site that a `Host` field names; empty if this broker has none such. */
    public Optional<String> site(@Nullable String host) {
        return sites.of(host);
    }

    @Override
    public Optional<ResourceId> name(@Nullable String host, String path, String query) {
        return sites.of(host).map(site -> name(site, path, query, current.termsOf(site, path)));
    }

    /** A resource's name under known terms. */
    public static ResourceId name(String site, String path, String query, Terms terms) {
        String counted = terms.counted(query);
        return new ResourceId(site, counted.isEmpty() ? path : path + "?" + counted);
    }
}
