package io.fingerpost.broker.explain;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why one request was decided as it was; has nothing in it that opens a peer or a lease.
 *
 * @param at when it was decided
 * @param label null if it is for no site of this broker
 * @param representation null if none is known
 * @param holders how many peers hold something of the representation
 * @param lookedAt how many of them the decision looked at; the first of these are the {@code candidates}
 * @param candidates that can be chosen, the best first, and then those that cannot
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Explanation(Instant at, Request request, @Nullable Label label, @Nullable Known representation,
        int holders, int lookedAt, List<Candidate> candidates, Outcome decision) {
    /** Candidates beyond are not listed. */
    public static final int MAX_CANDIDATES = 100;

    public Explanation {
        candidates = List.copyOf(candidates);
    }

    /** The same with no more than {@code most} candidates. */
    Explanation withCandidates(int most) {
        var first = candidates.subList(0, Math.min(most, candidates.size()));
        return new Explanation(at, request, label, representation, holders, lookedAt, first, decision);
    }

    /**
     * What was asked, as the decision saw it.
     *
     * @param path with the query, as it was sent
     * @param resource what that names: the path, and what of the query counts
     * @param site empty if the broker has only one
     * @param verifies whether the client says that it checks what it gets
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Request(String method, String path, @Nullable String resource, @Nullable String site,
            @Nullable Boolean verifies, @Nullable Asker client) {}

    /**
     * Who asks.
     *
     * @param secure whether it speaks TLS
     * @param site label of the operator's site that it is at; empty for none
     * @param network that counts as its own, in CIDR notation
     * @param asn number of its autonomous system; 0 if unknown
     * @param country ISO 3166-1 code; empty if unknown
     */
    public record Asker(String address, boolean secure, String site, String network, long asn, String country) {}

    /**
     * Whether it may be shared.
     *
     * @param known `shareable`, `unlabelled` (the origin does not allow it) or `unknown` (nobody asked yet, or it was forgotten)
     * @param terms what the operator says ({@code sharing.*}, or the rule that matches)
     */
    public record Label(String known, Said terms) {}

    /** The operator's terms, as {@code sharing.*} in the configuration has them. */
    public record Said(String share, String audience, long minSizeBytes, long freshForSeconds,
            List<String> ignoreCookies,
            List<String> ignoreFields, List<String> countQuery, String onMiss, String metalink,
            boolean encodedSlashes) {
        public Said {
            ignoreCookies = List.copyOf(ignoreCookies);
            ignoreFields = List.copyOf(ignoreFields);
            countQuery = List.copyOf(countQuery);
        }
    }

    /**
     * What the resource is known to be.
     *
     * @param digest SHA-256 in hexadecimal
     * @param fresh whether that is still believed
     * @param freshUntil when it is no longer
     * @param pieces of {@code pieceSizeBytes}, in which peers may hold it
     * @param piecesKnown whether the digest of each is known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Known(String digest, long sizeBytes, @Nullable String etag, boolean fresh, Instant freshUntil,
            int pieces, long pieceSizeBytes, boolean piecesKnown) {}

    /**
     * A peer that holds something of the representation.
     *
     * @param rank 1 for the one that would be gone to first; null if it was excluded
     * @param excluded why it cannot be chosen: the text of {@link io.fingerpost.broker.choice.Exclusion}
     * @param peer its id
     * @param superNode whether the operator vouches for it
     * @param tier how near it is to the client
     * @param ramp what it gets so far of its share: from 0.1 for a new peer to 1
     * @param bytesInFlight that it still has to send, by the broker's estimate
     * @param loadSeconds how long its uplink was or will be at work, counted higher while the peer is new
     * @param busy whether others come first because of that load
     * @param usedForOtherParts whether others come first because the client was sent to it for other parts
     * @param lot decides among those that are equally near and busy, the lowest first; lower for larger uplinks
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Candidate(@Nullable Integer rank, @Nullable String excluded, String peer, String endpoint,
            boolean superNode, String tier, long uplinkBitsPerSecond, double ramp, long bytesInFlight,
            @Nullable Double loadSeconds, @Nullable Boolean busy, @Nullable Boolean usedForOtherParts,
            @Nullable Double lot) {}

    /**
     * What was decided.
     *
     * @param action `redirect` to a peer, `origin`, `public-origin` (a redirect to the origin's public URL), `revalidate` (ask the
     *        origin whether the representation is still true, then decide anew) or `reject`
     * @param reason a tag of {@link io.fingerpost.broker.routing.Reason}, as in the metrics
     * @param detail of a rejection, or the entity tag to revalidate
     * @param peer id of the one to go to
     * @param endpoint its own
     * @param alternates ids of those to fall back on
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Outcome(String action, String reason, @Nullable String detail, @Nullable String peer,
            @Nullable String endpoint, @Nullable List<String> alternates) {
        static Outcome of(String action, String reason, @Nullable String detail) {
            return new Outcome(action, reason, detail, null, null, null);
        }
    }
}
