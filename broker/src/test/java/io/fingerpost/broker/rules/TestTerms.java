package io.fingerpost.broker.rules;

import io.fingerpost.contract.config.ByteSize;
import java.time.Duration;

/** Terms as the defaults have them, and with one thing changed. */
public final class TestTerms {
    public static final Terms DEFAULT = new Terms(Share.BY_HEADERS, Audience.VERIFYING, ByteSize.parse("4KiB"),
            Duration.ZERO,
            NameSet.NONE, NameSet.NONE, NameSet.ALL, OnMiss.PROXY, MetalinkUse.LINK, false);

    private TestTerms() {}

    public static Terms with(Audience audience) {
        return new Terms(DEFAULT.share(), audience, DEFAULT.minSize(), DEFAULT.freshFor(), DEFAULT.ignoreCookies(),
                DEFAULT.ignoreFields(), DEFAULT.countQuery(), DEFAULT.onMiss(), DEFAULT.metalink(), false);
    }

    public static Terms with(Share share, Duration freshFor) {
        return new Terms(share, DEFAULT.audience(), DEFAULT.minSize(), freshFor, DEFAULT.ignoreCookies(),
                DEFAULT.ignoreFields(), DEFAULT.countQuery(), DEFAULT.onMiss(), DEFAULT.metalink(), false);
    }

    public static Terms with(OnMiss onMiss) {
        return new Terms(DEFAULT.share(), DEFAULT.audience(), DEFAULT.minSize(), DEFAULT.freshFor(),
                DEFAULT.ignoreCookies(), DEFAULT.ignoreFields(), DEFAULT.countQuery(), onMiss, DEFAULT.metalink(),
                false);
    }

    public static Terms with(NameSet ignoreCookies, NameSet countQuery) {
        return new Terms(DEFAULT.share(), DEFAULT.audience(), DEFAULT.minSize(), DEFAULT.freshFor(), ignoreCookies,
                DEFAULT.ignoreFields(), countQuery, DEFAULT.onMiss(), DEFAULT.metalink(), false);
    }
}
