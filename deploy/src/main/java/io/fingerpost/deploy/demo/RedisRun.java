package io.fingerpost.deploy.demo;

import io.fingerpost.agent.gateway.AgentStatus;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.deploy.demo.DemoClient.Result;
import io.fingerpost.deploy.demo.FileCollection.RealFile;
import io.fingerpost.deploy.process.Launcher;
import io.fingerpost.deploy.process.Metrics;
import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** Shows that brokers and registries which share a Redis are one, and that one of each may die without any client noticing. */
final class RedisRun implements Play {
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    /** Until the others believe that a process is gone, 10 s, and an agent has reported after that; on a machine that is busy. */
    private static final Duration TO_TAKE_OVER = Duration.ofSeconds(30);
    /** Files that agents fetch; the client that asks all the time has the others. */
    private static final int FETCHED = 6;

    private final Cast cast;
    private final FileCollection collection;
    private final Stage stage = new Stage();
    private final DemoClient client = new DemoClient();
    private final Program origin;
    private final List<Program> registries;
    private final Program broker;
    private final Program otherBroker;
    private final List<Program> agents;

    /**
     * Starts the processes.
     *
     * @param redisProgram of a Redis server
     */
    RedisRun(Cast cast, FileCollection collection, Path redisProgram) throws IOException {
        this.cast = cast;
        this.collection = collection;
        Launcher launcher = cast.launcher();
        stage.scene("The cast: nine processes, of which two brokers and two registries share a Redis");
        var redis = launcher.redis("redis", redisProgram);
        cast.started(redis.program());
        stage.say("redis      " + redis.url() + "   " + redisProgram);
        this.origin = cast.started(launcher.origin("origin", collection.folder()));
        String originUrl = origin.ready("origin");
        stage.say("origin     " + originUrl + "   serves " + collection.files().size() + " real files, "
                + Stage.megabytes(collection.bytes()) + ", of " + collection.folder());
        String[] shared = {"--set", "registry.store=" + redis.url(), "--set", "lease.ttl=" + seconds(LEASE), "--set",
                "lease.heartbeat=" + seconds(HEARTBEAT)};
        this.registries = List.of(cast.started(launcher.registry("registry-1", originUrl, shared)),
                cast.started(launcher.registry("registry-2", originUrl, shared)));
        for (Program registry : registries) {
            show(registry, registry.ready("registry"), "admin " + registry.ready("admin"));
        }
        var ofBroker = new ArrayList<>(List.of(shared));
        ofBroker.addAll(List.of("--set", "registry.urls=" + registries.getFirst().ready("registry") + ","
                + registries.getLast().ready("registry")));
        String[] settings = ofBroker.toArray(String[]::new);
        this.broker = cast.started(launcher.broker("broker-1", originUrl, settings));
        this.otherBroker = cast.started(launcher.broker("broker-2", originUrl, settings));
        for (Program each : List.of(broker, otherBroker)) {
            show(each, edge(each), "admin " + each.ready("admin"));
        }
        this.agents = List.of(agent("agent-1", broker), agent("agent-2", broker), agent("agent-3", otherBroker));
        for (Program agent : agents) {
            show(agent, peer(agent), "gateway " + gateway(agent) + ", of "
                    + (agent.equals(agents.getLast()) ? otherBroker : broker).name());
        }
    }

    private void show(Program program, String url, String more) {
        stage.say(String.format(Locale.ROOT, "%-10s %s   %s", program.name(), url, more));
    }

    /** Its uplink is large enough that nobody is sent to the origin for want of it. */
    private Program agent(String name, Program its) throws IOException {
        return cast.started(cast.launcher().agent(name, edge(its), "--set", "serve.rate=1Gbit/s"));
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + "s";
    }

    private static String edge(Program broker) throws IOException {
        return broker.ready("edge");
    }

    private static String gateway(Program agent) throws IOException {
        return agent.ready("gateway");
    }

    private static String peer(Program agent) throws IOException {
        return agent.ready("peer");
    }

    @Override
    public boolean run() throws IOException, InterruptedException {
        stage.claim(Patience.eventually(() -> tended(registries) == agents.size()),
                "all three agents have a lease of " + seconds(LEASE) + ": registry-1 looks after "
                        + tended(registries.subList(0, 1)) + " of them, registry-2 after "
                        + tended(registries.subList(1, 2)));
        oneRegistry();
        var others = collection.others();
        var steady = new SteadyClient(client, edge(broker), peers(),
                List.of(collection.showpiece(), own(0), own(1), own(2)), others.subList(FETCHED, others.size()));
        steady.start();
        registryDies(steady);
        brokerDies(steady);
        closingTable(steady.end());
        stage.scene(stage.allTrue() ? "All of that was true." : "NOT all of that was true.");
        return stage.allTrue();
    }

    private void oneRegistry() throws IOException, InterruptedException {
        RealFile file = collection.showpiece();
        stage.scene("What one broker has learned, the other knows");
        stage.say("GET " + file.resource() + " (" + Stage.megabytes(file.size())
                + ") through agent-1's gateway, and so through broker-1");
        stage.claim(client.fetch(gateway(agents.get(0)), file) == Result.GOOD, "the bytes are those of the file");
        stage.claim(originBytes() == file.size(), "the origin sent one copy: " + Stage.megabytes(originBytes()));
        stage.claim(sendsTo(otherBroker, file, agents.get(0)),
                "broker-2, which never saw it pass, redirects to agent-1:");
        client.headVerifying(edge(otherBroker), file).forEach(line -> stage.say("    " + line));
        var answer = client.lookVerifying(edge(otherBroker), file);
        stage.claim(answer.headers().firstValue(FieldNames.TARGET_REPR_DIGEST).flatMap(DigestField::parse)
                .filter(file.digest()::equals).isPresent(), "with the right digest");
        stage.claim(client.fetch(gateway(agents.get(2)), file) == Result.GOOD,
                "agent-3 got it through broker-2, every piece verified");
        allFromPeers(agents.get(2), file, "agent-1");
        stage.claim(client.fetch(gateway(agents.get(1)), file) == Result.GOOD, "agent-2 got it through broker-1");
        allFromPeers(agents.get(1), file, "the two others");
        stage.claim(originBytes() == file.size(), "all three have it, and the origin has still sent one copy");
        boolean right = true;
        for (int i = 0; i < agents.size(); i++) {
            right &= client.fetch(gateway(agents.get(i)), own(i)) == Result.GOOD;
        }
        stage.claim(right, "each agent fetches one more file, which it alone has");
        stage.claim(sendsToAll(), "for each of these, broker-1 redirects to the agent that has it");
    }

    private void allFromPeers(Program agent, RealFile its, String peers) throws IOException, InterruptedException {
        var status = status(agent);
        stage.claim(status.fetchedFromPeers() == its.size() && status.fetchedFromOrigin() == 0,
                Stage.megabytes(status.fetchedFromPeers()) + " of it from " + peers + " and "
                        + Stage.megabytes(status.fetchedFromOrigin()) + " from the origin");
    }

    private void registryDies(SteadyClient steady) throws IOException, InterruptedException {
        stage.scene("A registry is killed, while a client asks broker-1 all the time");
        stage.claim(Patience.eventually(() -> steady.redirected() >= agents.size()), "the client is sent to peers");
        // The one that has more to do, so that two agents at least have to go elsewhere.
        boolean isFirst = tended(registries.subList(0, 1)) > tended(registries.subList(1, 2));
        Program dying = registries.get(isFirst ? 0 : 1);
        Program other = registries.get(isFirst ? 1 : 0);
        long tended = tended(List.of(dying));
        int redirected = steady.redirected();
        cast.kill(dying);
        long killed = System.nanoTime();
        stage.say("kill -9 " + dying.pid() + ", " + dying.name() + ", which looked after " + tended + " of the three");
        RealFile file = later(0);
        fetchAnew(agents.get(1), file, steady);
        stage.claim(sendsTo(otherBroker, file, agents.get(1)), "and so does broker-2");
        sleepUntil(killed, LEASE.multipliedBy(2));
        stage.claim(sendsToAll(), "two leases later, broker-1 still redirects to each of the three");
        stage.claim(Patience.within(TO_TAKE_OVER, () -> tended(List.of(other)) == agents.size()),
                other.name() + " looks after all three");
        stage.claim(leasesGranted() == agents.size(), "each has registered once, at the start: all kept their leases");
        stage.claim(steady.redirected() > redirected,
                "the client was sent to peers " + (steady.redirected() - redirected) + " times meanwhile");
    }

    private void brokerDies(SteadyClient steady) throws IOException, InterruptedException {
        RealFile file = later(1);
        Program holder = agents.get(2);
        stage.scene("A broker is killed, too");
        stage.claim(client.fetch(gateway(holder), file) == Result.GOOD,
                "agent-3 alone fetches " + file.resource() + ", through broker-2");
        stage.claim(sendsTo(otherBroker, file, holder), "and announces it: broker-2 redirects to agent-3");
        int redirected = steady.redirected();
        cast.kill(otherBroker);
        long killed = System.nanoTime();
        stage.say("kill -9 " + otherBroker.pid() + ", " + otherBroker.name());
        stage.claim(sendsTo(broker, file, holder), "broker-1 redirects to agent-3, too");
        steady.askAlsoFor(file);
        fetchAnew(agents.get(0), later(2), steady);
        sleepUntil(killed, LEASE.plus(HEARTBEAT));
        stage.claim(sendsToAll(),
                "a lease later, broker-1 still redirects to each of the three, also to the dead broker's agent-3");
        stage.claim(leasesGranted() == agents.size(), "and none had to register again");
        stage.claim(steady.redirected() > redirected,
                "the client was sent to peers " + (steady.redirected() - redirected) + " times meanwhile");
    }

    /** Something that nobody has yet, through the broker that stays. */
    private void fetchAnew(Program agent, RealFile file, SteadyClient steady) throws IOException, InterruptedException {
        stage.claim(client.fetch(gateway(agent), file) == Result.GOOD,
                agent.name() + " fetches something new through broker-1, " + file.resource() + ": right bytes");
        stage.claim(sendsTo(broker, file, agent), "and announces it: broker-1 redirects to " + agent.name());
        steady.askAlsoFor(file);
    }

    private void closingTable(SteadyClient.Outcome outcome) throws IOException, InterruptedException {
        stage.scene("What the client saw of all that");
        stage.row("requests to broker-1", Integer.toString(outcome.requests()));
        stage.row("  redirected to a live peer", Integer.toString(outcome.redirected()));
        stage.row("  answered with the origin's bytes", Integer.toString(outcome.fromOrigin()));
        stage.row("bytes that it received", Stage.megabytes(outcome.bytes()));
        stage.row("slowest request", outcome.slowest().toMillis() + " ms");
        stage.row("failed requests", Integer.toString(outcome.failed()));
        stage.row("corrupt bytes accepted", Integer.toString(outcome.corrupt()));
        outcome.firstFailure().ifPresent(why -> stage.say("the first that failed: " + why));
        stage.claim(outcome.failed() == 0, "every answer was 200, or 302 to a live peer, which had it");
        stage.claim(outcome.corrupt() == 0, "all bytes were right");
        long before = originBytes();
        stage.claim(client.fetch(gateway(agents.get(1)), later(1)) == Result.GOOD,
                "agent-2 gets what agent-3 had fetched through the dead broker");
        stage.claim(originBytes() == before, "and the origin sends nothing");
    }

    private long originBytes() throws IOException, InterruptedException {
        return client.bytesOf(origin.ready("origin"));
    }

    /** How many agents some registries look after. */
    private long tended(List<Program> some) throws IOException, InterruptedException {
        long sum = 0;
        for (Program registry : some) {
            sum += new Metrics(client.http(), registry.ready("admin")).sum("fingerpost_registry_peers", "");
        }
        return sum;
    }

    /** Whether a broker soon sends clients to an agent. */
    private boolean sendsTo(Program its, RealFile file, Program agent) throws IOException, InterruptedException {
        String peer = peer(agent) + "/";
        return Patience
                .eventually(() -> DemoClient.location(client.lookVerifying(edge(its), file)).startsWith(peer));
    }

    /** Whether the broker that stays sends clients to each agent, for what that one alone holds. */
    private boolean sendsToAll() throws IOException, InterruptedException {
        for (int i = 0; i < agents.size(); i++) {
            if (!sendsTo(broker, own(i), agents.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** What an agent fetches at the start, and no other does. */
    private RealFile own(int agent) {
        return collection.others().get(agent);
    }

    /** What is fetched later. */
    private RealFile later(int n) {
        return collection.others().get(agents.size() + n);
    }

    private List<String> peers() throws IOException {
        var peers = new ArrayList<String>();
        for (Program agent : agents) {
            peers.add(peer(agent));
        }
        return peers;
    }

    /** So often agents have registered, as their logs tell. */
    private long leasesGranted() throws IOException {
        long sum = 0;
        for (Program agent : agents) {
            sum += agent.logText().lines().filter(line -> line.endsWith(" registered")).count();
        }
        return sum;
    }

    private AgentStatus status(Program agent) throws IOException, InterruptedException {
        return WireJson.lenient().readValue(client.get(gateway(agent) + AgentStatus.PATH).body(), AgentStatus.class);
    }

    private static void sleepUntil(long start, Duration after) throws InterruptedException {
        Thread.sleep(Duration.ofNanos(Math.max(0, start + after.toNanos() - System.nanoTime())));
    }

    @Override
    public void keepRunning() throws IOException, InterruptedException {
        stage.scene("What lives is left running; Ctrl-C ends it");
        stage.say("origin   " + origin.ready("origin"));
        stage.say("broker   " + edge(broker) + "   metrics " + broker.ready("admin") + "/metrics");
        for (Program agent : agents) {
            stage.say("agent    " + peer(agent) + "   gateway " + gateway(agent));
        }
        stage.say("try      curl -v -H 'Want-Repr-Digest: sha-256=10' " + edge(broker)
                + collection.showpiece().resource());
        new CountDownLatch(1).await();
    }
}
