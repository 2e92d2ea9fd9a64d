package io.fingerpost.deploy.clients;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One run of `aria2c`, as it is when nobody configured it. */
record Aria2(int exit, String text, Path target) {
    /** Fetches {@code file} from the edge. */
    static Aria2 fetch(ClientSite site, Resource file, String... options) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("-o", file.path().substring(1))); // else it takes the name from the peer's URL
        all.addAll(List.of(options));
        return run(site, file, site.url(file), all.toArray(String[]::new));
    }

    /** Follows {@code start}, which leads to {@code file}. */
    static Aria2 run(ClientSite site, Resource file, String start, String... options)
            throws IOException, InterruptedException {
        Path folder = site.path("aria2");
        var command = new ArrayList<>(
                List.of("aria2c", "--no-conf", "-d", folder.toString(), "--console-log-level=info",
                        "--summary-interval=0", "--file-allocation=none"));
        command.addAll(List.of(options));
        command.add(start);
        var ran = site.run(command.toArray(String[]::new));
        return new Aria2(ran.exit(), ran.out() + ran.err(), folder.resolve(file.path().substring(1)));
    }
}
