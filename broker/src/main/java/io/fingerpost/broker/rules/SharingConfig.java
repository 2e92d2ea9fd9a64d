package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fingerpost.contract.config.BadKey;
import java.util.List;

/**
 * What is sent to peers, and who ({@code sharing.*}).
 *
 * @param terms what holds where no rule matches
 * @param rules the first that matches is the one
 */
public record SharingConfig(@JsonUnwrapped Terms terms, List<Rule> rules) {
    private static final int MAX_RULES = 1_000;

    public SharingConfig {
        rules = List.copyOf(rules);
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("at most " + MAX_RULES + " rules are taken, not " + rules.size());
        }
    }

    /** The terms for a path of a site. */
    public Terms termsOf(String site, String path) {
        for (Rule rule : rules) {
            if (rule.matches(site, path)) {
                return rule.terms();
            }
        }
        return terms;
    }

    /**
     * Checks what the rules say in the light of the rest of the configuration.
     *
     * @param hasPublicUrl whether there is a URL of the origin to redirect to
     * @throws BadKey naming the first rule that cannot be kept
     */
    public void requireFits(Sites sites, boolean hasPublicUrl) {
        requireUrl("sharing.on-miss", terms, hasPublicUrl);
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            String key = "sharing.rules[" + i + "]";
            if (!rule.host().equals(Rule.EVERY_HOST) && !sites.names().contains(rule.host())) {
                throw new BadKey(key + ".host", "it has to be one of edge.sites");
            }
            requireUrl(key + ".on-miss", rule.terms(), hasPublicUrl);
        }
    }

    private static void requireUrl(String key, Terms terms, boolean hasPublicUrl) {
        if (terms.onMiss() == OnMiss.REDIRECT && !hasPublicUrl) {
            throw new BadKey(key, "origin.public-url has to be set for it");
        }
    }
}
