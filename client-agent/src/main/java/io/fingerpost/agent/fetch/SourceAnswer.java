package io.fingerpost.agent.fetch;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a source answers; nothing of it is believed yet. */
record SourceAnswer(int status, Function<String, @Nullable String> fields, InputStream body) {
    static SourceAnswer of(HttpResponse<?> answer, InputStream body) {
        return new SourceAnswer(answer.statusCode(), name -> answer.headers().firstValue(name).orElse(null), body);
    }

    Optional<String> field(String name) {
        return Optional.ofNullable(fields.apply(name));
    }
}
