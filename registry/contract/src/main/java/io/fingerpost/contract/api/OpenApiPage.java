package io.fingerpost.contract.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The registry's API as a page for machines and people: every path, field, bound and error (OpenAPI 3.1). */
public final class OpenApiPage {
    public static final String MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.1";

    private OpenApiPage() {}

    /** The page, in UTF-8. */
    public static byte[] bytes() {
        try (InputStream in = Objects.requireNonNull(OpenApiPage.class.getResourceAsStream("openapi.json"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("the page is part of the program", e);
        }
    }
}
