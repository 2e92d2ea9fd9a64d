package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;

/** A peer that remembers what the registry has acknowledged to it, and what it has asked for without an answer. */
final class RecordedPeer implements AutoCloseable {
    private static final int DIGESTS = 40;
    private static final int PIECES = 20;

    private final TestPeer identity = new TestPeer();
    private final Random random;
    private final HttpServer server;
    private final Registration registration;
    private Optional<LeaseGrant> lease = Optional.empty();
    private Map<Sha256, PieceSet> held = new HashMap<>();
    private Optional<Doubt> doubt = Optional.empty();

    /** What the registry may or may not have taken in. */
    private sealed interface Doubt {
        /** It may know the peer anew, or as before. */
        record Registered() implements Doubt {}

        /** It may know of these holdings instead. */
        record Told(Map<Sha256, PieceSet> held) implements Doubt {}

        /** It may not know the peer any more. */
        record Gone() implements Doubt {}
    }

    RecordedPeer(int seed) throws IOException {
        random = new Random(seed);
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(EndpointProof.path(""), this::prove);
        server.start();
        registration = identity.registration(new PeerEndpoint("http", "127.0.0.1", server.getAddress().getPort()));
    }

    private void prove(HttpExchange exchange) throws IOException {
        String nonce = EndpointProof.nonce(exchange.getRequestURI().getPath());
        try (exchange) {
            byte[] answer = Base64.getUrlEncoder().withoutPadding()
                    .encode(identity.sign(EndpointProof.message(nonce, registration)));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    boolean isInDoubt() {
        return doubt.isPresent();
    }

    boolean isRegistered() {
        return lease.isPresent();
    }

    int holdings() {
        return held.size();
    }

    /** Checks that the registry knows what it acknowledged; where that is open, takes over what it knows. */
    void check(RegistryClient registry) throws IOException {
        if (doubt.isPresent()) {
            settle(registry, doubt.get());
            doubt = Optional.empty();
        }
        if (lease.isPresent()) {
            assertThat(isKnown(registry)).isTrue();
            assertThat(isInSync(registry, held)).isTrue();
        }
    }

    private void settle(RegistryClient registry, Doubt open) throws IOException {
        switch (open) {
            case Doubt.Registered() -> register(registry); // whose secret is right is not known
            case Doubt.Gone() -> {
                if (!isKnown(registry)) {
                    lease = Optional.empty();
                    held = new HashMap<>();
                }
            }
            case Doubt.Told(var instead) -> held = isInSync(registry, instead) ? instead : held;
        }
    }

    private boolean isKnown(RegistryClient registry) throws IOException {
        try {
            registry.heartbeat(lease.orElseThrow(), new Heartbeat(UploadReport.IDLE, Optional.empty()));
            return true;
        } catch (RegistryRefused e) {
            return false;
        }
    }

    private boolean isInSync(RegistryClient registry, Map<Sha256, PieceSet> all) throws IOException {
        long checksum = 0;
        for (var holding : all.entrySet()) {
            checksum ^= HoldingsChecksum.of(holding.getKey(), holding.getValue());
        }
        return registry.heartbeat(lease.orElseThrow(), new Heartbeat(UploadReport.IDLE, Optional.of(checksum)))
                .inSync();
    }

    private void register(RegistryClient registry) throws IOException {
        lease = Optional.of(registry.register(registration, Optional.empty()));
        held = new HashMap<>();
    }

    /** Does one thing after the other until there is no answer; how often there was one. */
    int liveUntilTheBrokerIsGone(RegistryClient registry) {
        int changes = 0;
        try {
            while (true) {
                change(registry);
                doubt = Optional.empty();
                changes++;
            }
        } catch (IOException e) {
            return changes;
        }
    }

    private void change(RegistryClient registry) throws IOException {
        int what = random.nextInt(20);
        if (lease.isEmpty() || what == 0) {
            doubt = Optional.of(new Doubt.Registered());
            register(registry);
        } else if (what == 1) {
            doubt = Optional.of(new Doubt.Gone());
            registry.goodbye(lease.get());
            lease = Optional.empty();
            held = new HashMap<>();
        } else {
            tell(registry, lease.get());
        }
    }

    private void tell(RegistryClient registry, LeaseGrant granted) throws IOException {
        boolean anew = random.nextInt(8) == 0;
        var next = anew ? new HashMap<Sha256, PieceSet>() : new HashMap<>(held);
        var drop = new ArrayList<Sha256>();
        var hold = new HashMap<Sha256, PieceSet>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            Sha256 digest = Sha256.digestOf(new byte[] {(byte) random.nextInt(DIGESTS)});
            if (random.nextInt(3) == 0) {
                drop.add(digest);
            } else {
                hold.put(digest, random.nextBoolean()
                        ? PieceSet.all(PIECES)
                        : PieceSet.of(PIECES, new byte[] {(byte) (1 + random.nextInt(255))}));
            }
        }
        drop.forEach(next::remove);
        next.putAll(hold);
        List<Held> told = hold.entrySet().stream().map(each -> new Held(each.getKey(), each.getValue())).toList();
        doubt = Optional.of(new Doubt.Told(next));
        registry.announce(granted, new HoldingsUpdate(anew, told, drop));
        held = next;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
