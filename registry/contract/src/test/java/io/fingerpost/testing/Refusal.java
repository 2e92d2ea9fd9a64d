package io.fingerpost.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a parser may do with rubbish: refuse it in one line of words, as {@link IllegalArgumentException}. Nothing else. */
public final class Refusal {
    private Refusal() {}

    /** Looks at what was read, unless it was refused. */
    public static <T> void orElse(Supplier<T> parser, Consumer<T> read) {
        T value;
        try {
            value = parser.get();
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
            return;
        }
        read.accept(value);
    }
}
