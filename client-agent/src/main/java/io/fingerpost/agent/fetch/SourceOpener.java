package io.fingerpost.agent.fetch;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.FailureReport.Phase;
import io.fingerpost.contract.http.PreferField;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/** Opens a source at a byte of a representation, and believes nothing that it says about itself. */
final class SourceOpener {
    /** The origin is the last resort: only silence makes it fail. */
    private static final Duration ORIGIN_STALL = Duration.ofSeconds(60);
    /** A peer may be about to get what it is asked for. */
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final BrokerClient broker;
    private final AgentConfig.Fetch config;
    private final ScheduledExecutorService timer;

    SourceOpener(BrokerClient broker, AgentConfig.Fetch config, ScheduledExecutorService timer) {
        this.broker = broker;
        this.config = config;
        this.timer = timer;
    }

    /**
     * The bytes from {@code position} up to {@code end}, or all of them if the source ignores ranges; the stream throws
     * {@link SourceFailed} when they cease to come.
     */
    SourceBody open(Source source, Representation representation, long position, long end)
            throws SourceFailed, OriginChanged {
        var fields = new HashMap<String, String>();
        fields.put("Accept-Encoding", "identity");
        var part = new Part(representation, position, end);
        if (!part.isWhole()) {
            fields.put("Range", part.rangeField());
        }
        try {
            return switch (source) {
                case Source.Peer(URI url) -> fromPeer(url, fields, part);
                case Source.Origin(String resource) -> fromOrigin(resource, fields, part);
            };
        } catch (SourceFailed | OriginChanged e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            // the latter is the HTTP client's word for a URL without a host, and for a Content-Length that is no number
            throw SourceFailed.before(e);
        }
    }

    /** What is asked for. */
    private record Part(Representation representation, long position, long end) {
        boolean isWhole() {
            return position == 0 && end == representation.size();
        }

        String rangeField() {
            return "bytes=" + position + "-" + (end == representation.size() ? "" : end - 1);
        }
    }

    private SourceBody fromPeer(URI url, Map<String, String> fields, Part part) throws IOException {
        if (PeerConnection.silence(config).compareTo(WAIT.multipliedBy(2)) >= 0) {
            fields.put(PreferField.NAME, PreferField.waiting(WAIT));
        }
        var answer = PeerConnection.get(url, fields, config);
        if (answer.status() == 503 && answer.field(PreferField.APPLIED).isPresent()) {
            answer.body().close();
            throw SourceFailed.delay();
        }
        return checked(answer, part);
    }

    private SourceBody fromOrigin(String resource, Map<String, String> fields, Part part) throws IOException {
        String etag = part.representation.headers().get("ETag");
        if (!part.isWhole() && etag != null) {
            fields.put("If-Range", etag);
        }
        var answer = broker.fromOrigin("GET", resource, fields);
        if (etag != null && !etag.equals(answer.headers().firstValue("ETag").orElse(etag))) {
            answer.body().close();
            throw new OriginChanged();
        }
        return checked(SourceAnswer.of(answer, guardOrigin(answer.body())), part);
    }

    /** The body of an origin's answer, given up only when nothing comes any more. */
    InputStream guardOrigin(InputStream body) {
        return new GuardedStream(body, ORIGIN_STALL, 1, timer);
    }

    private static SourceBody checked(SourceAnswer answer, Part part) throws IOException {
        var body = answer.body();
        try {
            if (answer.field("Content-Encoding").filter(coding -> !coding.equals("identity")).isPresent()) {
                throw new SourceFailed(Phase.STATUS, "coded content, which was not asked for");
            }
            return switch (answer.status()) {
                case 206 -> {
                    requireRange(answer, part);
                    yield new SourceBody(body, part.position, part.end);
                }
                case 200 -> {
                    requireSize(answer, part.representation);
                    yield new SourceBody(body, 0, part.representation.size());
                }
                default -> throw refusal(answer);
            };
        } catch (IOException e) {
            body.close();
            throw e;
        }
    }

    /** A peer that is full, and says when it will not be, keeps its word. */
    private static SourceFailed refusal(SourceAnswer answer) {
        boolean full = answer.status() == 503 && answer.field("Retry-After").isPresent();
        String message = "status " + answer.status();
        return full ? new SourceFailed(message) : new SourceFailed(Phase.STATUS, message);
    }

    private static void requireRange(SourceAnswer answer, Part part) throws SourceFailed {
        String wanted = "bytes " + part.position + "-" + (part.end - 1) + "/" + part.representation.size();
        String got = answer.field("Content-Range").orElse("none");
        if (!got.equals(wanted)) {
            throw new SourceFailed(Phase.STATUS, "another range than the one asked for");
        }
    }

    private static void requireSize(SourceAnswer answer, Representation representation) throws SourceFailed {
        long size = length(answer).orElse(representation.size());
        if (size != representation.size()) {
            throw new SourceFailed(Phase.STATUS, "another size than the representation has");
        }
    }

    private static Optional<Long> length(SourceAnswer answer) throws SourceFailed {
        try {
            return answer.field("Content-Length").map(Long::valueOf);
        } catch (NumberFormatException e) {
            throw new SourceFailed(Phase.STATUS, "a length that is no number", e);
        }
    }
}
