package io.fingerpost.contract.api;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/** How the wire records are read and written. */
public final class WireJson {
    private WireJson() {}

    /** For what strangers send: unknown, missing, null, repeated or trailing parts and wrong types are errors. */
    public static JsonMapper strict() {
        return lenient().rebuild()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .build();
    }

    /** For what a registry answers, which may be newer and say more than we know. */
    public static JsonMapper lenient() {
        return JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .build();
    }

    /** Reads a record; also a bare `null`, which a mapper takes for any record, is a {@link JacksonException}. */
    public static <T> T read(JsonMapper json, byte[] text, Class<T> type) {
        T value = json.readValue(text, type);
        if (value == null) {
            throw MismatchedInputException.from((JsonParser) null, type, "null stands where an object is wanted");
        }
        return value;
    }
}
