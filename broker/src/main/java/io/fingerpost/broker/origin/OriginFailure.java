package io.fingerpost.broker.origin;

import io.fingerpost.contract.api.Problem;
import io.undertow.util.AttachmentKey;
import java.util.Locale;

/** Why there is no answer of the origin (the error types of RFC 9209 §2.3), and what the client is told. */
public enum OriginFailure {
    CONNECTION_REFUSED(502, "origin-unreachable", "the origin does not accept connections"),
    ANSWER_TIMEOUT(504, "origin-timeout", "the origin did not answer in time"),
    CONNECTION_LIMIT_REACHED(503, "origin-busy", "too many requests wait for the origin"),
    CONNECTION_TERMINATED(502, "origin-hung-up", "the origin closed the connection before it answered");

    static final AttachmentKey<OriginFailure> OF_EXCHANGE = AttachmentKey.create(OriginFailure.class);

    private final int status;
    private final String kind;
    private final String detail;

    OriginFailure(int status, String kind, String detail) {
        this.status = status;
        this.kind = kind;
        this.detail = detail;
    }

    Problem problem() {
        return Problem.of(status, kind, detail);
    }

    /** The value of `Proxy-Status`. */
    String proxyStatus() {
        return "fingerpost; error="
                + (this == ANSWER_TIMEOUT ? "http_response_timeout" : name().toLowerCase(Locale.ROOT));
    }
}
