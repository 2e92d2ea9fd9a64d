package io.fingerpost.deploy.demo;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.deploy.demo.FileCollection.RealFile;
import io.fingerpost.deploy.origin.OriginCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP client that compares what it gets with the real file. */
final class DemoClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** Said in {@code Want-Repr-Digest}. */
    private static final String VERIFYING = "sha-256=10";

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER).build();
    private final HttpClient following = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NORMAL).build();

    private final AtomicInteger looks = new AtomicInteger();

    HttpClient http() {
        return http;
    }

    /** What came of one request. */
    enum Result {
        GOOD, CORRUPT, FAILED
    }

    /** Fetches a file from {@code site}, and compares. */
    Result fetch(String site, RealFile file) throws InterruptedException {
        return compare(http, site, file);
    }

    /** The same, as a plain client that goes where it is sent. */
    Result follow(String site, RealFile file) throws InterruptedException {
        return compare(following, site, file);
    }

    private static Result compare(HttpClient client, String site, RealFile file) throws InterruptedException {
        try {
            var answer = client.send(request(site, file).build(), BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                return Result.FAILED;
            }
            return Sha256.digestOf(answer.body()).equals(file.digest()) ? Result.GOOD : Result.CORRUPT;
        } catch (IOException e) {
            return Result.FAILED;
        }
    }

    /** How GET would be answered; asked by HEAD, so that looking, also too soon, costs the origin no bytes. */
    HttpResponse<Void> look(String site, RealFile file) throws IOException, InterruptedException {
        return http.send(ofAnother(site, file).HEAD().build(), BodyHandlers.discarding());
    }

    /** The same of a client that verifies. */
    HttpResponse<Void> lookVerifying(String site, RealFile file) throws IOException, InterruptedException {
        return http.send(ofAnother(site, file).setHeader(FieldNames.WANT_REPR_DIGEST, VERIFYING).HEAD().build(),
                BodyHandlers.discarding());
    }

    /** A client that verifies, and GET: the answer with its body. */
    HttpResponse<byte[]> askVerifying(String site, RealFile file) throws IOException, InterruptedException {
        return http.send(ofAnother(site, file).setHeader(FieldNames.WANT_REPR_DIGEST, VERIFYING).build(),
                BodyHandlers.ofByteArray());
    }

    /** Each look is one of another client: who comes back for the same thing tells the broker that it was failed. */
    private HttpRequest.Builder ofAnother(String site, RealFile file) {
        return request(site, file).setHeader("User-Agent", "demo-client-" + looks.incrementAndGet());
    }

    /** Where a client is sent; empty if it is not sent anywhere. */
    static String location(HttpResponse<?> answer) {
        return answer.headers().firstValue("Location").orElse("");
    }

    HttpResponse<byte[]> get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build(), BodyHandlers.ofByteArray());
    }

    /** What an origin has sent so far, as it counts. */
    long bytesOf(String origin) throws IOException, InterruptedException {
        String stats = new String(get(origin + OriginCommand.STATS_PATH).body(), StandardCharsets.US_ASCII);
        return Long.parseLong(stats.substring(stats.indexOf(' ') + 1));
    }

    /** The head of the answer to a client that verifies as it comes over the wire, line by line. */
    List<String> headVerifying(String site, RealFile file) throws IOException {
        URI url = URI.create(site + file.resource());
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            String request = "GET " + url.getRawPath() + " HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\n"
                    + FieldNames.WANT_REPR_DIGEST + ": " + VERIFYING + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return answer.lines().takeWhile(line -> !line.isEmpty()).toList();
        }
    }

    private static HttpRequest.Builder request(String site, RealFile file) {
        return HttpRequest.newBuilder(URI.create(site + file.resource().replace("+", "%2B"))).timeout(TIMEOUT);
    }
}
