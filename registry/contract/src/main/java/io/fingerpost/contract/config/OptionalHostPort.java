package io.fingerpost.contract.config;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/** A place to listen that may be left out: nothing, or an empty text, stands for none. */
public final class OptionalHostPort extends StdDeserializer<Optional<HostPort>> {
    public OptionalHostPort() {
        super(Optional.class);
    }

    @Override
    public Optional<HostPort> deserialize(JsonParser parser, DeserializationContext context) {
        String text = parser.getValueAsString("");
        return text.isBlank() ? Optional.empty() : Optional.of(HostPort.parse(text));
    }

    @Override
    public Optional<HostPort> getNullValue(DeserializationContext context) {
        return Optional.empty();
    }
}
