package io.fingerpost.registry.representation;

/**
 * A resource of the origin.
 *
 * @param site whose it is, when several share a broker; else empty
 * @param target path and query as the client sent them, undecoded, without what does not count
 */
public record ResourceId(String site, String target) {
    /** A resource of the only site. */
    public ResourceId(String target) {
        this("", target);
    }

    /** The path alone. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The query alone, without the question mark; may be empty. */
    public String query() {
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query + 1);
    }

    @Override
    public String toString() {
        return site.isEmpty() ? target : "//" + site + target;
    }
}
