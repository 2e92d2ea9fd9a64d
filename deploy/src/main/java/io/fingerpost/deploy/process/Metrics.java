package io.fingerpost.deploy.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Reads a broker's `/metrics`. */
public final class Metrics {
    private final HttpClient http;
    private final URI url;

    /** @param admin URL of the broker's admin listener */
    public Metrics(HttpClient http, String admin) {
        this.http = http;
        this.url = URI.create(admin + "/metrics");
    }

    /** The sum of all series of {@code name} whose labels contain {@code labels}. */
    public long sum(String name, String labels) throws IOException, InterruptedException {
        String text = http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
        double sum = text.lines().filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(labels))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        return Math.round(sum);
    }
}
