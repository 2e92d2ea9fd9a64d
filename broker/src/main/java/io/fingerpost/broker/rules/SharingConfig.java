package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fingerpost.contract.config.BadKey;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is sent to peers, and who ({@code sharing.*}).
 *
 * @param terms what holds where no rule matches
 * @param rules the first that matches is the one
 */
public record SharingConfig(@JsonUnwrapped Terms terms, List<Rule> rules) {
    /** Characters of the longest path that rules are read for; nothing that is longer is shared. */
    public static final int LONGEST = 4_096;
    private static final int MAX_RULES = 1_000;
    private static final Pattern ENCODED = Pattern.compile("%([0-9A-Fa-f]{2})");

    public SharingConfig {
        rules = List.copyOf(rules);
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("at most " + MAX_RULES + " rules are taken, not " + rules.size());
        }
    }

    /**
     * The terms for a path of a site. A path that is longer than {@link #LONGEST} has those of no rule, for matching takes time.
     *
     * @param path undecoded
     */
    public Terms termsOf(String site, String path) {
        if (rules.isEmpty() || path.length() > LONGEST) {
            return terms;
        }
        String plain = path.indexOf('%') < 0 ? path : withoutNeedlessEncoding(path);
        for (Rule rule : rules) {
            if (rule.matches(site, plain)) {
                return rule.terms();
            }
        }
        return terms;
    }

    /** `%61` and `a` are the same (RFC 3986 §6.2.2.2), so a rule for the one holds for the other. */
    private static String withoutNeedlessEncoding(String path) {
        return ENCODED.matcher(path).replaceAll(found -> {
            char c = (char) Integer.parseInt(found.group(1), 16);
            boolean unreserved = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
            return Matcher.quoteReplacement(unreserved ? String.valueOf(c) : found.group());
        });
    }

    /**
     * Checks what the rules say in the light of the rest of the configuration.
     *
     * @param hasPublicUrl whether there is a URL of the origin to redirect to
     * @throws BadKey naming the first rule that cannot be kept
     */
    public void requireFits(Sites sites, boolean hasPublicUrl) {
        requireUrl("sharing.on-miss", terms, sites, hasPublicUrl);
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            String key = "sharing.rules[" + i + "]";
            if (!rule.host().equals(Rule.EVERY_HOST) && !sites.names().contains(rule.host())) {
                throw new BadKey(key + ".host", "it has to be one of edge.sites");
            }
            requireUrl(key + ".on-miss", rule.terms(), sites, hasPublicUrl);
        }
    }

    private static void requireUrl(String key, Terms terms, Sites sites, boolean hasPublicUrl) {
        if (terms.onMiss() != OnMiss.REDIRECT) {
            return;
        }
        if (!hasPublicUrl) {
            throw new BadKey(key, "origin.public-url has to be set for it");
        }
        if (sites.names().size() > 1) {
            throw new BadKey(key, "several edge.sites have no public URL in common");
        }
    }
}
