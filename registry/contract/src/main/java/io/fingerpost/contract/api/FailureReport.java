package io.fingerpost.contract.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.fingerpost.contract.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client tells that a peer which it was redirected to failed it, in the form of the Reporting API (W3C, §3.1).
 *
 * @param age milliseconds since it happened
 * @param type {@link #TYPE}
 * @param url of the representation at the peer, without the query
 * @param userAgent what the client calls itself
 */
public record FailureReport(long age, String type, String url, @JsonProperty("user_agent") String userAgent,
        Body body) {
    public static final String MEDIA_TYPE = "application/reports+json";
    public static final String TYPE = "fingerpost-peer-failure";
    /** Most reports in one request. */
    public static final int MOST = 16;
    private static final int LONGEST_URL = 500;
    private static final int LONGEST_TICKET = 100;
    private static final JsonMapper JSON = WireJson.lenient();

    /** Where the peer failed. */
    public enum Phase {
        CONNECT, TLS, STATUS, TIMEOUT, SHORT, DIGEST;

        /** Lower case. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Phase parse(String text) {
            for (Phase phase : values()) {
                if (phase.text().equals(text)) {
                    return phase;
                }
            }
            throw new IllegalArgumentException("phase: connect, tls, status, timeout, short or digest is wanted");
        }
    }

    /**
     * What happened.
     *
     * @param ticket that the redirect had
     * @param digest that was wanted
     * @param phase in which it failed
     * @param piece which piece was wanted then; -1 if that is not known
     */
    public record Body(String ticket, Sha256 digest, Phase phase, int piece) {}

    /**
     * Reads what a browser or an agent posts, of which other types and unknown fields are ignored.
     *
     * @throws IllegalArgumentException if it is no list of reports, has more than {@link #MOST}, or one of our type is malformed;
     *         the message is for its sender
     */
    public static List<FailureReport> parseAll(byte[] text) {
        JsonNode list;
        try {
            list = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the body is not JSON", e);
        }
        if (list == null || !list.isArray() || list.size() > MOST) {
            throw new IllegalArgumentException("a list of at most " + MOST + " reports is wanted");
        }
        var reports = new ArrayList<FailureReport>();
        for (JsonNode report : list) {
            if (TYPE.equals(report.path("type").asString(""))) {
                reports.add(parse(report));
            }
        }
        return reports;
    }

    private static FailureReport parse(JsonNode report) {
        JsonNode body = report.path("body");
        return new FailureReport(Math.max(0, report.path("age").asLong(0)), TYPE, text(report, "url", LONGEST_URL), "",
                new Body(text(body, "ticket", LONGEST_TICKET), Sha256.parse(text(body, "digest", 43)),
                        Phase.parse(text(body, "phase", 10)), body.path("piece").asInt(-1)));
    }

    private static String text(JsonNode parent, String name, int longest) {
        String text = parent.path(name).asString("");
        if (text.isEmpty() || text.length() > longest) {
            throw new IllegalArgumentException(name + ": 1 to " + longest + " characters are wanted");
        }
        return text;
    }
}
