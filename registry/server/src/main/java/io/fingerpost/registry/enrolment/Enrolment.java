package io.fingerpost.registry.enrolment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Block;
import io.fingerpost.registry.store.Census;
import io.github.bucket4j.Bucket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Decides who may enrol. What the operator says of that can be exchanged while it is used: tokens come and go without a restart.
 * Safe for use by many threads.
 */
public final class Enrolment {
    /** Most networks of which it is remembered how often they tried; those that try less often are forgotten first. */
    private static final int MAX_BLOCKS = 100_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Optional<TokenHash> superNodeToken;
    private final Cache<Block, Bucket> tries = Caffeine.newBuilder().maximumSize(MAX_BLOCKS)
            .expireAfterAccess(MINUTE.multipliedBy(2)).build();
    private volatile EnrolmentConfig config;

    /** @param superNodeToken one more token, of an account of its own */
    public Enrolment(EnrolmentConfig config, Optional<TokenHash> superNodeToken) {
        this.config = config;
        this.superNodeToken = superNodeToken;
    }

    /** From now on {@code next} counts. Peers that are enrolled stay so while their leases run. */
    public void replace(EnrolmentConfig next) {
        if (next.registrationsPerMinute() != config.registrationsPerMinute()) {
            tries.invalidateAll();
        }
        config = next;
    }

    /** Whether peers that only their own network reaches may serve that network. */
    public boolean sharesLan() {
        return config.lanSharing();
    }

    /**
     * The account of one who wants to enrol.
     *
     * @throws RequestRejected if it has no token that counts, or its network has tried too often
     */
    public Account enrol(Optional<String> token, InetAddress seenFrom) {
        int perMinute = config.registrationsPerMinute();
        var bucket = tries.get(Block.of(seenFrom), _ -> Bucket.builder()
                .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, MINUTE)).build());
        if (!bucket.tryConsume(1)) {
            throw new RequestRejected(429, "too-many-registrations",
                    "your network may register " + perMinute + " times a minute here", MINUTE.dividedBy(perMinute));
        }
        return token.map(this::account).orElseGet(this::withoutToken);
    }

    private Account withoutToken() {
        if (config.mode() == EnrolmentConfig.Mode.TOKEN) {
            throw new RequestRejected(401, "token-missing",
                    "peers enrol here with 'Authorization: Bearer TOKEN'; ask the operator for one");
        }
        return Account.OPEN;
    }

    /** Looks at every token, whichever it is: the time that this takes tells nothing. */
    private Account account(String token) {
        var shown = TokenHash.of(token);
        Account found = null;
        for (var known : config.tokens()) {
            if (known.hash().matches(shown)) {
                found = new Account(known.account(), known.superNode(), known.maxPeers());
            }
        }
        if (superNodeToken.isPresent() && superNodeToken.get().matches(shown)) {
            found = Account.SUPER_NODES;
        }
        if (found == null) {
            throw new RequestRejected(401, "token-unknown", "the token is not one that this broker knows");
        }
        return found;
    }

    /**
     * Whether there is room for one more.
     *
     * @param addresses where the peer is met
     * @param before how the same peer is enrolled already, and is about to be no more
     * @throws RequestRejected if its account, address or network has its limit of peers
     */
    public void requireRoom(Account account, Set<InetAddress> addresses, Census census,
            Optional<Admission> before) {
        if (account.maxPeers() > 0) {
            int others = census.of(account.name()) - one(before.filter(it -> it.account().equals(account.name())));
            require(others < account.maxPeers(), "your account", account.maxPeers());
        }
        addresses.forEach(address -> requireRoom(address, census, before));
    }

    private void requireRoom(InetAddress address, Census census, Optional<Admission> before) {
        var now = config;
        int atAddress = census.at(address) - one(before.filter(it -> it.addresses().contains(address)));
        require(atAddress < now.maxPeersPerAddress(), "your address", now.maxPeersPerAddress());
        var block = Block.of(address);
        int inBlock = census.in(block)
                - one(before.filter(it -> it.addresses().stream().map(Block::of).anyMatch(block::equals)));
        require(inBlock < now.maxPeersPerNetwork(), "your network", now.maxPeersPerNetwork());
    }

    private static int one(Optional<Admission> before) {
        return before.isPresent() ? 1 : 0;
    }

    private static void require(boolean holds, String whose, int limit) {
        if (!holds) {
            throw new RequestRejected(429, "too-many-peers", whose + " has its limit of " + limit + " peers here",
                    MINUTE);
        }
    }
}
