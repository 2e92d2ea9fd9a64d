package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Some names; one that ends with `*` stands for all that begin so. */
public record NameSet(Set<String> names, List<String> beginnings) {
    public static final NameSet NONE = new NameSet(Set.of(), List.of());
    public static final NameSet ALL = new NameSet(Set.of(), List.of(""));

    public NameSet {
        names = Set.copyOf(names);
        beginnings = List.copyOf(beginnings);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static NameSet parse(List<String> texts) {
        for (String text : texts) {
            if (text.isEmpty() || text.indexOf('*') >= 0 && text.indexOf('*') < text.length() - 1) {
                throw new IllegalArgumentException("'" + text + "' is not a name, which may end with *");
            }
        }
        return new NameSet(texts.stream().filter(text -> !text.endsWith("*")).collect(Collectors.toSet()),
                texts.stream().filter(text -> text.endsWith("*"))
                        .map(text -> text.substring(0, text.length() - 1)).toList());
    }

    public boolean contains(String name) {
        if (names.contains(name)) {
            return true;
        }
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    public boolean isEmpty() {
        return names.isEmpty() && beginnings.isEmpty();
    }

    /** Whether every name is in it. */
    public boolean isAll() {
        return beginnings.contains("");
    }

    /** The same for equal sets, in this process and any other. */
    @Override
    public String toString() {
        return new TreeSet<>(names) + " " + beginnings;
    }
}
