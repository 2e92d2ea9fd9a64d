package io.fingerpost.registry;

import io.fingerpost.contract.api.Problem;

/** A client's mistake, or a limit; the problem is safe to show. */
public final class RequestRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public RequestRejected(int status, String kind, String detail) {
        super(kind + ": " + detail, null, false, false); // strangers cause these: no stack trace
        this.problem = Problem.of(status, kind, detail);
    }

    public Problem problem() {
        return problem;
    }
}
