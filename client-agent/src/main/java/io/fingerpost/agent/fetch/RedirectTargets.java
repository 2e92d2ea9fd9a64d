package io.fingerpost.agent.fetch;

import io.fingerpost.contract.http.Link;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a redirect of the broker leads. */
final class RedirectTargets {
    private RedirectTargets() {}

    /** The peers of a redirect, best first. */
    static List<URI> of(HttpResponse<?> answer) {
        var links = answer.headers().allValues("Link").stream().flatMap(line -> Link.parse(line).stream())
                .filter(link -> link.is("duplicate")).sorted(Comparator.comparingInt(Link::priority))
                .map(Link::target);
        return Stream.concat(answer.headers().firstValue("Location").stream(), links)
                .flatMap(target -> url(target).stream()).distinct().toList();
    }

    /** What is no URL is left out as a peer that is not there. */
    private static Optional<URI> url(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
