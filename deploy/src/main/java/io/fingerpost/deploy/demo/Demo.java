package io.fingerpost.deploy.demo;

import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.deploy.demo.DemoClient.Result;
import io.fingerpost.deploy.demo.FileCollection.RealFile;
import io.fingerpost.deploy.process.Metrics;
import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Walks through the five steps and a power-law run, and checks each thing that it says. */
final class Demo implements Play {
    private final Cast cast;
    private final FileCollection collection;
    private final boolean openToAll;
    private final int requests;
    private final Stage stage = new Stage();
    private final DemoClient client = new DemoClient();
    private final String token = newToken();
    private final Program origin;
    private final Program broker;
    private final Program superNode;
    private final Program second;
    private Program third;
    private final Metrics metrics;

    /**
     * Starts the processes.
     *
     * @param requests of the closing run
     */
    Demo(Cast cast, FileCollection collection, String audience, int requests) throws IOException {
        this.cast = cast;
        this.collection = collection;
        this.openToAll = audience.equals("any");
        this.requests = requests;
        stage.scene("The cast: five processes");
        this.origin = cast.started(cast.launcher().origin("origin", collection.folder()));
        stage.say("origin     " + origin.ready("origin") + "   serves " + collection.files().size() + " real files, "
                + Stage.megabytes(collection.bytes()) + ", of " + collection.folder());
        this.broker = cast.started(cast.launcher().broker("broker", origin.ready("origin"), "--super-node-token", token,
                "--audience", audience));
        stage.say("broker     " + edge() + "   admin " + broker.ready("admin"));
        this.superNode = startAgent("super-node", "--token", token);
        this.second = startAgent("agent-2");
        this.third = startAgent("agent-3");
        this.metrics = new Metrics(client.http(), broker.ready("admin"));
    }

    private static String newToken() {
        var token = new byte[16];
        new SecureRandom().nextBytes(token);
        return HexFormat.of().formatHex(token);
    }

    private Program startAgent(String name, String... options) throws IOException {
        var agent = cast.started(cast.launcher().agent(name, edge(), options));
        stage.say(String.format(Locale.ROOT, "%-10s %s   gateway %s", name, agent.ready("peer"), gateway(agent)));
        return agent;
    }

    private String edge() throws IOException {
        return broker.ready("edge");
    }

    private static String gateway(Program agent) throws IOException {
        return agent.ready("gateway");
    }

    @Override
    public boolean run() throws IOException, InterruptedException {
        firstClient();
        nextClient();
        plainClient();
        deadPeer();
        powerLaw();
        stage.scene(stage.allTrue() ? "All of that was true." : "NOT all of that was true.");
        return stage.allTrue();
    }

    private void firstClient() throws IOException, InterruptedException {
        RealFile file = collection.showpiece();
        stage.scene("Steps 1 to 4: the first client gets the file from the origin, keeps it, exposes it, registers it");
        stage.say("GET " + file.resource() + " (" + Stage.megabytes(file.size()) + ") through agent-2's gateway");
        long before = originBytes();
        var result = client.fetch(gateway(second), file);
        stage.claim(result == Result.GOOD,
                "the bytes are those of the file, sha-256 " + file.digest().hex().substring(0, 16) + "…");
        stage.claim(originBytes() - before == file.size(),
                "the origin sent them: " + Stage.megabytes(originBytes() - before));
        stage.claim(Patience.eventually(() -> metrics.sum("fingerpost_registry_holdings", "") == 1),
                "the registry knows 1 holding");
    }

    private void nextClient() throws IOException, InterruptedException {
        RealFile file = collection.showpiece();
        stage.scene("Step 5: the next client is redirected to the one that holds it");
        client.headVerifying(edge(), file)
                .forEach(line -> stage.say("    " + line));
        var answer = client.lookVerifying(edge(), file);
        stage.claim(answer.statusCode() == 302 && DemoClient.location(answer).startsWith(second.ready("peer")),
                "302 to agent-2");
        stage.claim(answer.headers().firstValue(FieldNames.TARGET_REPR_DIGEST).flatMap(DigestField::parse)
                .filter(file.digest()::equals).isPresent(),
                "with the right digest, from the broker and not from the peer");
        long before = originBytes();
        stage.claim(client.fetch(gateway(third), file) == Result.GOOD, "agent-3 got it, every piece verified");
        stage.claim(originBytes() == before, "and the origin sent nothing");
    }

    private void plainClient() throws IOException, InterruptedException {
        RealFile file = collection.showpiece();
        stage.scene("A client that cannot verify, such as plain curl, meets only the super-node");
        var answer = client.look(edge(), file);
        stage.claim(answer.statusCode() == (openToAll ? 302 : 200), openToAll
                ? "--audience any: it is sent to an ordinary agent too"
                : "only ordinary agents hold the file, so it is served from the origin (--audience any would open that)");
        stage.claim(client.fetch(gateway(superNode), file) == Result.GOOD, "now the super-node fetches it");
        stage.claim(Patience.eventually(() -> client.look(edge(), file).statusCode() == 302),
                "and curl gets a 302 as well:");
        stage.say("    curl -v " + edge() + file.resource());
        long before = originBytes();
        stage.claim(client.follow(edge(), file) == Result.GOOD, "followed, the bytes are right");
        stage.claim(originBytes() == before, "and the origin sent nothing");
    }

    private void deadPeer() throws IOException, InterruptedException {
        RealFile file = collection.other(0);
        stage.scene("A peer is killed, and the next request still succeeds");
        stage.claim(client.fetch(gateway(third), file) == Result.GOOD, "agent-3 alone holds " + file.resource());
        stage.claim(Patience.eventually(() -> DemoClient.location(client.lookVerifying(edge(), file))
                .startsWith(third.ready("peer"))), "the broker sends clients there");
        cast.kill(third);
        stage.say("kill -9 " + third.pid());
        var answer = client.lookVerifying(edge(), file);
        stage.claim(answer.statusCode() == 302, "the broker cannot know yet, and still redirects there");
        stage.claim(client.fetch(gateway(second), file) == Result.GOOD,
                "agent-2 went on to the origin by itself: right bytes");
        this.third = startAgent("agent-3");
        stage.claim(Patience.eventually(() -> metrics.sum("fingerpost_registry_peers", "") == 3),
                "started again, agent-3 is a peer again");
    }

    private void powerLaw() throws IOException, InterruptedException {
        stage.scene("All files by a power law, programs behind three agents at once");
        long originBefore = originBytes();
        long redirectedBefore = requests("decision=\"redirect\"");
        long wholeBefore = whole();
        long togetherBefore = plans("joined");
        long peersBefore = peerBytes();
        var outcome = new PowerLawRun(client, collection, List.of(gateway(superNode), gateway(second), gateway(third)),
                stage)
                .run(requests);
        long redirected = requests("decision=\"redirect\"") - redirectedBefore;
        long whole = whole() - wholeBefore;
        long together = plans("joined") - togetherBefore;
        long fromPeers = peerBytes() - peersBefore;
        long originSent = originBytes() - originBefore;
        stage.scene("The closing table");
        stage.row("requests", Integer.toString(outcome.requests()));
        stage.row("  piece by piece, peers and origin", Long.toString(together));
        stage.row("  redirected to a peer", Long.toString(redirected));
        stage.row("  as a whole from the origin", Long.toString(whole));
        stage.row("  by the agent itself", Long.toString(outcome.requests() - together - redirected - whole));
        stage.row("bytes that clients received", Stage.megabytes(outcome.bytes()));
        stage.row("bytes that the origin sent", Stage.megabytes(originSent));
        stage.row("  that is",
                String.format(Locale.ROOT, "%.1f %%", 100.0 * originSent / Math.max(1, outcome.bytes())));
        stage.row("failed requests", Integer.toString(outcome.failed()));
        stage.row("corrupt bytes accepted", Integer.toString(outcome.corrupt()));
        stage.claim(outcome.failed() == 0 && outcome.requests() == requests, "every request succeeded");
        stage.claim(outcome.corrupt() == 0, "no corrupt bytes were accepted");
        stage.claim(fromPeers > 0, "peers sent pieces of what others fetched: " + Stage.megabytes(fromPeers));
        stage.claim(originSent < outcome.bytes(), "the origin sent less than the clients received");
    }

    private long requests(String labels) throws IOException, InterruptedException {
        return metrics.sum("fingerpost_broker_requests_total", labels);
    }

    private long plans(String outcome) throws IOException, InterruptedException {
        return metrics.sum("fingerpost_registry_plans_total", "outcome=\"" + outcome + "\"");
    }

    /** Without the pieces that plans let agents take from the origin. */
    private long whole() throws IOException, InterruptedException {
        return requests("decision=\"origin\"") - requests("reason=\"conditional\"") - requests("reason=\"no_cache\"");
    }

    /** What agents verified of what they were told to take from peers. */
    private long peerBytes() throws IOException, InterruptedException {
        return metrics.sum("fingerpost_registry_planned_bytes_total", "source=\"peer\"");
    }

    private long originBytes() throws IOException, InterruptedException {
        return client.bytesOf(origin.ready("origin"));
    }

    @Override
    public void keepRunning() throws IOException, InterruptedException {
        stage.scene("Left running; Ctrl-C ends it");
        stage.say("origin   " + origin.ready("origin"));
        stage.say("broker   " + edge() + "   metrics " + broker.ready("admin") + "/metrics");
        for (Program agent : List.of(superNode, second, third)) {
            stage.say("agent    " + agent.ready("peer") + "   gateway " + gateway(agent));
        }
        stage.say("try      curl -v " + edge() + collection.showpiece().resource());
        stage.say("         curl -v -H 'Want-Repr-Digest: sha-256=10' " + edge() + collection.other(0).resource());
        new CountDownLatch(1).await();
    }
}
