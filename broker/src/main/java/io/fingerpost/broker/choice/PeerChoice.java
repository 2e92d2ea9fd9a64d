package io.fingerpost.broker.choice;

import io.fingerpost.registry.Registry;
import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.Peer;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks the peers for a client: one to go to, and some to fall back on.
 *
 * <p>The nearest {@link Tier} that has anybody with room, and not too much to do, comes first. In it, each peer draws a lot in proportion to its uplink,
 * and of the two with the best lots the one goes first that would be done sooner. While holders are few, the lots depend on
 * representation and peer alone (weighted rendezvous hashing): requests for one thing go to the same two peers until these are
 * busier than most, and then to the next ones, so that what is popular spreads as far as it has to; and a peer that comes or goes
 * changes hardly more than what is its own. When they are many, some are drawn by chance.
 *
 * <p>Reads memory only, takes no lock, and changes nothing.
 */
public final class PeerChoice {
    /** Holders that are looked at in each tier when they are many, and how often if none of them has room. */
    private static final int DRAWN = 12;
    private static final int DRAWS = 4;
    /** A peer with so many times the load of the average uplink is busy: others of its tier come first. */
    private static final double BUSY = 1.25;
    /** One that would be done only after so many times what it takes on average is overloaded: nobody is sent there for being near. */
    private static final double OVERLOADED = 1.5;
    /** With less load than this it is neither. */
    private static final double IDLE_SECONDS = 2;
    private static final Tier[] TIERS = Tier.values();

    private final Registry registry;
    private final NetworkShares shares;
    private final Supplier<RandomGenerator> random;

    public PeerChoice(Registry registry, NetworkShares shares, Supplier<RandomGenerator> random) {
        this.registry = registry;
        this.shares = shares;
        this.random = random;
    }

    /** What came of it. */
    public interface Choice {
        /** Best first; empty if there is none. */
        List<Peer> peers();

        /** The last that any peer met; null if there is nobody, or nobody was excluded. */
        @Nullable
        Exclusion obstacle();
    }

    /**
     * Chooses among those who hold what is wanted.
     *
     * @param now milliseconds since 1970
     * @param trace is told of each that is looked at, if given
     */
    public Choice choose(Wanted wanted, Holders holders, long now, @Nullable ChoiceTrace trace) {
        var look = new Look(wanted, now, trace);
        Holder[] all = holders.all();
        if (all != null) {
            for (Holder holder : all) {
                look.at(holder, fixedChance(holder.peer(), holders));
            }
        } else {
            drawFrom(holders, look);
        }
        look.decide();
        return look;
    }

    private void drawFrom(Holders holders, Look look) {
        var drawn = new Holder[DRAWN];
        var lots = random.get();
        for (Tier tier : TIERS) {
            int count = DRAWN;
            for (int i = 0; i < DRAWS && count == DRAWN && look.isOpenFor(tier); i++) {
                count = holders.draw(tier, look.wanted.place(), lots, drawn);
                for (int j = 0; j < count; j++) {
                    look.at(drawn[j], lots.nextDouble());
                }
            }
        }
    }

    /** From 0 to 1, and always the same for a peer and a representation. */
    private static double fixedChance(Peer peer, Holders holders) {
        long mixed = peer.seed() ^ holders.seed();
        mixed = (mixed ^ mixed >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        mixed = (mixed ^ mixed >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        return ((mixed ^ mixed >>> 32) >>> 11) * 0x1.0p-53;
    }

    /** One look at some peers for one client. */
    private final class Look extends Ranking implements Choice {
        private final Wanted wanted;
        private final long now;
        private final double meanLoad;
        private final @Nullable ChoiceTrace trace;

        Look(Wanted wanted, long now, @Nullable ChoiceTrace trace) {
            super(wanted.most());
            this.wanted = wanted;
            this.now = now;
            this.meanLoad = registry.meanLoad(now);
            this.trace = trace;
        }

        void at(Holder holder, double chance) {
            Peer peer = holder.peer();
            Tier tier = wanted.place().tierTo(peer.place());
            Exclusion why = exclusion(holder, tier);
            if (why != null) {
                exclude(why);
                if (trace != null) {
                    trace.excluded(peer, why);
                }
                return;
            }
            double load = load(peer);
            boolean isIdle = load < IDLE_SECONDS;
            boolean isBusy = !isIdle && load > BUSY * meanLoad;
            boolean isOverloaded = !isIdle
                    && timeAt(peer) > OVERLOADED * (meanLoad + registry.meanTime(wanted.bytes()));
            boolean isUsed = wanted.past().hasUsed(peer);
            double lot = lot(peer, chance);
            int distance = (isOverloaded ? Tier.ANYWHERE : tier).distance();
            add(peer, Ranking.rank(distance * 4 + (isUsed ? 2 : 0) + (isBusy ? 1 : 0), lot));
            if (trace != null) {
                trace.weighed(peer, tier, isUsed, load, isBusy, lot);
            }
        }

        private @Nullable Exclusion exclusion(Holder holder, Tier tier) {
            Peer peer = holder.peer();
            if (!peer.isLive(now)) {
                return Exclusion.GONE;
            }
            if (peer.state() != Peer.State.GOOD && !isNeighbour(peer)) {
                return byState(peer.state());
            }
            if (!holder.holds(wanted.firstPiece(), wanted.lastPiece())) {
                return Exclusion.LACKS_PIECES;
            }
            if (wanted.asker() != null && wanted.asker().equals(peer.id().value())) {
                return Exclusion.ASKS_ITSELF;
            }
            if (!wanted.anyPeer() && !peer.superNode()) {
                return Exclusion.NOT_VOUCHED_FOR;
            }
            if (wanted.tlsOnly() && !peer.hasTls()) {
                return Exclusion.WITHOUT_TLS;
            }
            if (!peer.isReachable(wanted.place().isIpv6(), wanted.tlsOnly())) {
                return Exclusion.OTHER_PROTOCOL;
            }
            if (wanted.past().hasFailed(peer)) {
                return Exclusion.FAILED_CLIENT;
            }
            if (tier != Tier.LOCAL && !peer.superNode() && shares.hasSeenEnough(peer, wanted.place())) {
                return Exclusion.SEEN_ENOUGH;
            }
            return peer.uploads().hasRoom(wanted.bytes(), now) ? null : Exclusion.OVER_BUDGET;
        }

        /** Whether it is a peer behind the client's own public address that only that network reaches, and the operator lets it. */
        private boolean isNeighbour(Peer peer) {
            return peer.state() == Peer.State.UNPROVED && peer.isLanOnly() && registry.sharesLan()
                    && peer.place().network() == wanted.place().network();
        }

        private static Exclusion byState(Peer.State state) {
            return switch (state) {
                case GOOD -> throw new IllegalArgumentException("good peers are not excluded");
                case UNPROVED -> Exclusion.UNPROVED;
                case DOWN -> Exclusion.DOWN;
                case QUARANTINED -> Exclusion.QUARANTINED;
            };
        }

        /** Exponential with the uplink as its rate: the smallest of several is a peer's in proportion to its uplink. */
        private double lot(Peer peer, double chance) {
            return -Math.log(1 - chance) * 1e9 / (peer.uploads().bitsPerSecond() * peer.uploads().ramp(now));
        }

        private double load(Peer peer) {
            return peer.uploads().load(now) / peer.uploads().ramp(now);
        }

        /** Of the two best, the one that would be done sooner comes first. */
        void decide() {
            Peer best = best();
            Peer rival = rival();
            if (best != null && rival != null && timeAt(rival) < timeAt(best)) {
                swap();
            }
        }

        @Override
        public List<Peer> peers() {
            return inOrder();
        }

        @Override
        public @Nullable Exclusion obstacle() {
            return farthest();
        }

        /** How long until the peer would have sent what is wanted, more for one that is new. */
        private double timeAt(Peer peer) {
            var uploads = peer.uploads();
            return (uploads.load(now) + wanted.bytes() * 8.0 / uploads.bitsPerSecond()) / uploads.ramp(now);
        }
    }
}
