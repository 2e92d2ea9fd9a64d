package io.fingerpost.broker;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.Options.ChunkedEncodingPolicy;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import java.util.Random;

/** Well-behaved origins, and what they answer. */
public final class Origins {
    private Origins() {}

    /** An origin on loopback that says how long its bodies are, as servers of static files do. */
    public static WireMockExtension origin() {
        return WireMockExtension.newInstance().options(wireMockConfig().bindAddress("127.0.0.1").dynamicPort()
                .gzipDisabled(true).useChunkedTransferEncoding(ChunkedEncodingPolicy.NEVER)).build();
    }

    /** Bytes that look like those of a file. */
    public static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** A 200 that may be shared for an hour. */
    public static ResponseDefinitionBuilder shareable(byte[] body) {
        return shareable(body, "\"v1\"");
    }

    public static ResponseDefinitionBuilder shareable(byte[] body, String etag) {
        return aResponse().withBody(body).withHeader("Cache-Control", "public, max-age=3600")
                .withHeader("ETag", etag).withHeader("Content-Type", "application/octet-stream");
    }
}
