package io.fingerpost.agent;

import java.net.http.HttpClient;
import java.time.Duration;

/** How this program asks over HTTP: 1.1, without following redirects, and with TLS made when it is first needed. */
public final class LightHttpClient {
    private LightHttpClient() {}

    public static HttpClient connectingWithin(Duration timeout) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .sslContext(LazyTls.context())
                .sslParameters(LazyTls.parameters())
                .build();
    }
}
