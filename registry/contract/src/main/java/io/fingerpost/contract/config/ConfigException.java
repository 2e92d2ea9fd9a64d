package io.fingerpost.contract.config;

/** The configuration cannot be used; the message is one line for the operator and names key and value. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
