package io.fingerpost.contract.config;

/** Thrown by a record's constructor when one key is wrong in the light of others; the message says why. */
public final class BadKey extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String key;

    /** @param key below that of the record, such as `rules[2].host` */
    public BadKey(String key, String why) {
        super(why);
        this.key = key;
    }

    public String key() {
        return key;
    }
}
