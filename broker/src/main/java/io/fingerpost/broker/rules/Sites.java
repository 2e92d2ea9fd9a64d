package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The sites that share a broker, by host name. None means that there is only one, whatever a client calls it.
 *
 * <p>The name is part of what a resource is, and goes to the origin. A name that nobody listed does neither: else whoever makes
 * up a name would fill the table, or get bytes remembered that the origin has for no site at all.
 */
public record Sites(Set<String> names) {
    private static final Optional<String> ONLY = Optional.of("");
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:.]{2,45}]");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Sites parse(List<String> names) {
        var known = new HashSet<String>();
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!NAME.matcher(lower).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not a host name without a port");
            }
            known.add(lower);
        }
        return new Sites(known);
    }

    public Sites {
        names = Set.copyOf(names);
    }

    /**
     * The site that a request is for.
     *
     * @param host the `Host` field, with or without a port; null if there is none
     * @return empty for a site that is not of this broker
     */
    public Optional<String> of(@Nullable String host) {
        if (names.isEmpty()) {
            return ONLY;
        }
        String name = host == null ? "" : withoutPort(host.toLowerCase(Locale.ROOT));
        return names.contains(name) ? Optional.of(name) : Optional.empty();
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /** The same for equal sites, in this process and any other. */
    @Override
    public String toString() {
        return new TreeSet<>(names).toString();
    }
}
