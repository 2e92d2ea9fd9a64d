package io.fingerpost.agent.testing;

import io.fingerpost.agent.testing.ScriptedServer.Script;
import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Discovery;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseRenewal;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Order;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.Plan;
import io.fingerpost.contract.api.PlanRequest;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** The registry's side of the contract, in memory, for one peer; it believes every endpoint. */
public final class FakeRegistry implements Script {
    private static final byte[] MASTER = "a master secret for tests".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOTHING = {};

    private final JsonMapper json = WireJson.lenient();
    private final Map<Sha256, Content> representations = new ConcurrentHashMap<>();
    private final Map<Sha256, Long> holdings = new ConcurrentHashMap<>();
    private final List<Registration> registrations = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final List<HoldingsUpdate> updates = new CopyOnWriteArrayList<>();
    private final List<HoldingsUpdate> refused = new CopyOnWriteArrayList<>();
    private final List<UploadReport> reports = new CopyOnWriteArrayList<>();
    private final List<PlanRequest> plans = new CopyOnWriteArrayList<>();
    private final Map<String, Plan> planned = new ConcurrentHashMap<>();
    private final List<OrdersRequest> questions = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Order> ordered = new LinkedBlockingQueue<>();
    private final LeaseTerms terms;
    private volatile Function<OrdersRequest.Failed, List<Order>> reaction = _ -> List.of();
    private volatile Duration clockAhead = Duration.ZERO;
    private volatile Optional<String> secret = Optional.empty();
    private volatile Optional<Problem> refusal = Optional.empty();
    private volatile Optional<Problem> holdingsRefusal = Optional.empty();
    private volatile String location = ApiPaths.EMBEDDED;
    private volatile boolean down;
    private volatile boolean impatient;
    private volatile boolean breaksReports;
    private volatile CountDownLatch planGate = new CountDownLatch(0);

    public FakeRegistry(Duration heartbeat) {
        this.terms = new LeaseTerms(heartbeat.multipliedBy(3), heartbeat);
    }

    @Override
    public void answer(Call call) throws IOException {
        if (down) {
            call.reset();
            return;
        }
        String path = call.path();
        if (path.equals(ApiPaths.ROOT)) {
            reply(call, 200, new Discovery(List.of(location), terms));
        } else if (path.equals(ApiPaths.EMBEDDED + ApiPaths.peers())) {
            register(call);
        } else if (path.startsWith(ApiPaths.EMBEDDED + "/representations/")) {
            representation(call, Sha256.parse(path.substring(path.lastIndexOf('/') + 1)));
        } else if (!call.field("Authorization").equals(secret.map(value -> "Bearer " + value))) {
            reply(call, 404, Problem.of(404, "lease-unknown", "register again"));
        } else {
            withLease(call, path);
        }
    }

    private void withLease(Call call, String path) throws IOException {
        if (path.endsWith("/heartbeat")) {
            var heartbeat = WireJson.strict().readValue(call.body(), Heartbeat.class);
            reports.add(heartbeat.uploads());
            reply(call, 200, new LeaseRenewal(terms, now(), Reachability.YES,
                    heartbeat.holdings().map(said -> said == checksum()).orElse(true)));
        } else if (path.endsWith("/holdings") && holdingsRefusal.isPresent()) {
            refused.add(HoldingsUpdate.parse(call.body()));
            reply(call, holdingsRefusal.get().status(), holdingsRefusal.get());
        } else if (path.endsWith("/holdings")) {
            var update = HoldingsUpdate.parse(call.body());
            if (update.anew()) {
                holdings.clear();
            }
            update.drop().forEach(holdings::remove);
            update.hold()
                    .forEach(held -> holdings.put(held.digest(), HoldingsChecksum.of(held.digest(), held.pieces())));
            updates.add(update);
            call.answer(204, NOTHING);
        } else if (path.endsWith("/plan")) {
            plan(call, WireJson.strict().readValue(call.body(), PlanRequest.class));
        } else if (path.endsWith("/orders")) {
            orders(call, WireJson.strict().readValue(call.body(), OrdersRequest.class));
        } else if (call.method().equals("DELETE")) {
            forgetLease();
            call.answer(204, NOTHING);
        } else {
            reply(call, 404, Problem.of(404, "no-such-path", "nothing here"));
        }
    }

    private void plan(Call call, PlanRequest request) throws IOException {
        plans.add(request);
        call.awaitGate(planGate);
        var plan = planned.get(request.resource());
        if (plan == null) {
            reply(call, 404, Problem.of(404, "representation-unknown", "never heard of it"));
            return;
        }
        planned.put(request.resource(), new Plan(plan.representation(), List.of(), plan.holders())); // an order is given once
        reply(call, 200, plan);
    }

    /** Answers when there is something to order, which any of the open questions may get. */
    private void orders(Call call, OrdersRequest request) throws IOException {
        if (breaksReports && !request.failed().isEmpty()) {
            breaksReports = false;
            call.reset();
            return;
        }
        questions.add(request);
        request.failed().forEach(failed -> ordered.addAll(reaction.apply(failed)));
        try {
            var order = ordered.poll(impatient ? 0 : OrdersRequest.LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
            reply(call, 200, order == null ? Orders.NONE : new Orders(List.of(order)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long checksum() {
        return holdings.values().stream().reduce(0L, (one, other) -> one ^ other);
    }

    private void register(Call call) throws IOException {
        call.field("Authorization").ifPresent(tokens::add);
        var registration = json.readValue(call.body(), Registration.class);
        registrations.add(registration);
        if (refusal.isPresent()) {
            reply(call, refusal.get().status(), refusal.get());
            return;
        }
        holdings.clear();
        String granted = "secret-" + registrations.size();
        secret = Optional.of(granted);
        var peer = registration.key().peerId();
        reply(call, 201, new LeaseGrant(peer, granted, ticketKey(peer), false, terms, now(), Reachability.YES));
    }

    private void representation(Call call, Sha256 digest) throws IOException {
        var known = representations.get(digest);
        if (known == null) {
            reply(call, 404, Problem.of(404, "representation-unknown", "never heard of it"));
        } else {
            reply(call, 200, known.representation());
        }
    }

    private void reply(Call call, int status, Object body) throws IOException {
        call.answer(status, json.writeValueAsBytes(body), "Content-Type: application/json");
    }

    public Instant now() {
        return Instant.now().plus(clockAhead);
    }

    public static TicketKey ticketKey(PeerId peer) {
        return TicketKey.derive(MASTER, peer);
    }

    /** Tells the pieces of {@code content} to whoever asks. */
    public void know(Content content) {
        representations.put(content.digest(), content);
    }

    /** A lease without a registration. */
    public LeaseGrant grant(PeerId peer) {
        secret = Optional.of("secret");
        return new LeaseGrant(peer, "secret", ticketKey(peer), false, terms, now(), Reachability.YES);
    }

    /** Lets {@code resource} be fetched together with others; who asks first is told to begin with {@code orders}. */
    public void plans(String resource, Content content, Order... orders) {
        know(content);
        planned.put(resource, new Plan(content.representation(), List.of(orders), 1));
    }

    /** Answers the question for orders. */
    public void orders(Order order) {
        ordered.add(order);
    }

    /** What is ordered when a source is said to have failed. */
    public void onFailure(Function<OrdersRequest.Failed, List<Order>> next) {
        reaction = next;
    }

    /** Says no plan before {@code gate} opens. */
    public void holdPlans(CountDownLatch gate) {
        planGate = gate;
    }

    /** From now on questions for orders are answered at once, also with none. */
    public void doNotWait() {
        impatient = true;
    }

    /** The next report of a failure does not get here. */
    public void breakNextReport() {
        breaksReports = true;
    }

    public List<OrdersRequest> questions() {
        return questions;
    }

    public List<PlanRequest> plansAsked() {
        return plans;
    }

    /** The sources that were said to have failed, in order. */
    public List<OrdersRequest.Failed> failed() {
        return questions.stream().flatMap(question -> question.failed().stream()).toList();
    }

    /** What was said not to be fetched any more. */
    public List<Sha256> left() {
        return questions.stream().flatMap(question -> question.left().stream()).toList();
    }

    public void clockAhead(Duration duration) {
        clockAhead = duration;
    }

    /** As after a restart without its table. */
    public void forgetLease() {
        secret = Optional.empty();
        holdings.clear();
    }

    /** Loses one holding without being asked to. */
    public void lose(Sha256 digest) {
        holdings.remove(digest);
    }

    /** Knows of one that nobody told it of. */
    public void makeUp(Sha256 digest) {
        holdings.put(digest, HoldingsChecksum.ofComplete(digest));
    }

    /** Names another place in the discovery document. */
    public void discoverAt(String place) {
        location = place;
    }

    public void refuseRegistrations(Problem problem) {
        refusal = Optional.of(problem);
    }

    public void refuseHoldings(Problem problem) {
        holdingsRefusal = Optional.of(problem);
    }

    public void acceptEverything() {
        refusal = Optional.empty();
        holdingsRefusal = Optional.empty();
        down = false;
    }

    /** Every connection breaks. */
    public void goDown() {
        down = true;
    }

    public boolean hasLease() {
        return secret.isPresent();
    }

    public Set<Sha256> holdings() {
        return Set.copyOf(holdings.keySet());
    }

    public List<Registration> registrations() {
        return registrations;
    }

    public List<String> tokens() {
        return tokens;
    }

    public List<HoldingsUpdate> updates() {
        return updates;
    }

    /** What it was told and did not take. */
    public List<HoldingsUpdate> refusedUpdates() {
        return refused;
    }

    /** What came with each heartbeat. */
    public List<UploadReport> reports() {
        return reports;
    }

    public int heartbeats() {
        return reports.size();
    }
}
