package io.fingerpost.contract.client;

import io.fingerpost.contract.api.Problem;
import java.io.IOException;

/** The registry answered, and the answer was no. */
public final class RegistryRefused extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RegistryRefused(Problem problem) {
        super(problem.status() + " " + problem.title() + ": " + problem.detail());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** Whether the lease is gone: the registry was restarted, or the lease ran out. Registering again helps. */
    public boolean isLeaseLost() {
        return problem.status() == 404 || problem.status() == 401;
    }
}
