package io.fingerpost.registry.representation;

/** A resource of the origin: the path and query of its URL as the client sent them, undecoded. */
public record ResourceId(String value) {
    @Override
    public String toString() {
        return value;
    }
}
