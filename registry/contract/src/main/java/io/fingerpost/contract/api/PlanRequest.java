package io.fingerpost.contract.api;

/**
 * A peer wants to fetch a resource, together with those that fetch it already.
 *
 * @param resource path and query at the broker; starts with a slash, at most {@link #LONGEST} characters
 */
public record PlanRequest(String resource) {
    public static final int LONGEST = 3_000;

    public PlanRequest {
        if (!resource.startsWith("/") || resource.length() > LONGEST) {
            throw new IllegalArgumentException("resource: a path of at most " + LONGEST + " characters is wanted");
        }
    }
}
