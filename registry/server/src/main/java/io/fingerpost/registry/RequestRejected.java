package io.fingerpost.registry;

import io.fingerpost.contract.api.Problem;
import java.time.Duration;

/** A client's mistake, or a limit; the problem is safe to show. */
public final class RequestRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Duration SOON = Duration.ofSeconds(2);

    private final transient Problem problem;
    private final Duration retryAfter;

    public RequestRejected(int status, String kind, String detail) {
        this(status, kind, detail, SOON);
    }

    /** @param retryAfter when it may be worth another try, if the status is 429 or 503 */
    public RequestRejected(int status, String kind, String detail, Duration retryAfter) {
        super(kind + ": " + detail, null, false, false); // strangers cause these: no stack trace
        this.problem = Problem.of(status, kind, detail);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }

    public Problem problem() {
        return problem;
    }
}
