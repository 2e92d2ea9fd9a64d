package io.fingerpost.broker.explain;

import io.fingerpost.broker.explain.Explanation.Candidate;
import io.fingerpost.broker.explain.Explanation.Outcome;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes explanations for a terminal: a line for each candidate. */
public final class ExplanationText {
    private static final String ROW = "%4s  %-9s  %14s  %12s  %9s  %5s  %-4s  %10s  %s%n".replace("%n", "\n");

    private ExplanationText() {}

    /** Lines, each with an end. */
    public static String of(Explanation explanation) {
        var text = new StringBuilder();
        appendRequest(explanation, text);
        appendKnown(explanation, text);
        if (!explanation.candidates().isEmpty()) {
            text.append(row("rank", "tier", "uplink bit/s", "in flight B", "load s", "ramp", "busy", "lot", "peer"));
            explanation.candidates().forEach(candidate -> text.append(row(candidate)));
        }
        return text.append("decision        ").append(decision(explanation.decision())).append('\n').toString();
    }

    private static void appendRequest(Explanation explanation, StringBuilder text) {
        var asked = explanation.request();
        text.append("request         ").append(asked.method()).append(' ').append(asked.path()).append('\n');
        var client = asked.client();
        if (client != null) {
            text.append("client          ").append(client.address()).append(" of ").append(client.network())
                    .append(client.site().isEmpty() ? "" : ", site " + client.site())
                    .append(client.asn() == 0 ? "" : ", AS" + client.asn())
                    .append(client.country().isEmpty() ? "" : ", " + client.country())
                    .append(client.secure() ? ", with TLS" : ", without TLS")
                    .append(Boolean.TRUE.equals(asked.verifies()) ? ", verifies\n" : ", does not verify\n");
        }
    }

    private static void appendKnown(Explanation explanation, StringBuilder text) {
        var label = explanation.label();
        if (label != null) {
            text.append("label           ").append(label.known()).append("; share ").append(label.terms().share())
                    .append(", audience ").append(label.terms().audience()).append(", min-size ")
                    .append(label.terms().minSizeBytes()).append(" B\n");
        }
        var known = explanation.representation();
        if (known != null) {
            text.append("representation  ").append(known.sizeBytes()).append(" B in ").append(known.pieces())
                    .append(known.pieces() == 1 ? " piece, " : " pieces, ").append(known.fresh() ? "fresh" : "stale")
                    .append(", until ").append(known.freshUntil()).append(", etag ").append(known.etag())
                    .append(", sha-256 ").append(known.digest()).append('\n');
            text.append("holders         ").append(explanation.holders()).append(", looked at ")
                    .append(explanation.lookedAt()).append('\n');
        }
    }

    private static String row(Candidate candidate) {
        String peer = candidate.endpoint() + " " + candidate.peer() + (candidate.superNode() ? " super-node" : "")
                + (candidate.excluded() == null ? "" : " excluded: " + candidate.excluded());
        return row(text(candidate.rank()), candidate.tier(), text(candidate.uplinkBitsPerSecond()),
                text(candidate.bytesInFlight()), text(candidate.loadSeconds()), text(candidate.ramp()),
                candidate.busy() == null ? "-" : candidate.busy() ? "yes" : "no", text(candidate.lot()), peer);
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, ROW, (Object[]) cells);
    }

    private static String text(@Nullable Number value) {
        return value == null ? "-" : value.toString();
    }

    private static String decision(Outcome outcome) {
        return outcome.action() + ", " + outcome.reason() + (outcome.detail() == null ? "" : ": " + outcome.detail())
                + (outcome.endpoint() == null ? "" : ": " + outcome.endpoint() + " " + outcome.peer());
    }
}
