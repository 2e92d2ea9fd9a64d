package io.fingerpost.registry.store;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.locality.Tier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Those who hold one representation. When they are many, they are also kept by place, so that those near a client are found
 * without a look at each. One thread at a time writes; readers take no lock.
 */
public final class Holders extends CompactSet<Holder> implements CompactSet.Member {
    private static final Holder[] NOBODY = new Holder[0];

    /** The digest, in this object itself: most looks end here. */
    private final long first;
    private final long second;
    private final long third;
    private final long fourth;
    private final Neighbours neighbours;
    private volatile @Nullable Map<Long, CompactSet<Holder>> places;

    Holders(Sha256 digest, Neighbours neighbours) {
        super(NOBODY);
        this.first = digest.first();
        this.second = digest.second();
        this.third = digest.third();
        this.fourth = digest.fourth();
        this.neighbours = neighbours;
    }

    Sha256 digest() {
        return new Sha256(first, second, third, fourth);
    }

    /** The first bits of the digest: by chance, but the same everywhere and for ever. */
    public long seed() {
        return first;
    }

    boolean isOf(Sha256 digest) {
        return first == digest.first() && second == digest.second() && third == digest.third()
                && fourth == digest.fourth();
    }

    @Override
    public Object key() {
        return this;
    }

    /** How many; their leases may have run out. */
    public int count() {
        return size();
    }

    /** All of them as they are at this moment, if they are few; null if they are many. The array must not be changed. */
    public Holder @Nullable [] all() {
        return few();
    }

    /** What {@code peer} holds of it; null if nothing. */
    public @Nullable Holder of(Peer peer) {
        return find(peer);
    }

    /**
     * Draws lots among those of a tier, when they are many.
     *
     * @param place for whom they are near
     * @param drawn is filled from its start; some may be in it twice
     * @return how many are in it
     */
    public int draw(Tier tier, Place place, RandomGenerator random, Holder[] drawn) {
        return switch (tier) {
            case LOCAL -> {
                int count = draw(group(Tier.LOCAL, place.site()), random, drawn, 0, drawn.length / 2);
                yield drawNeighbours(place, random, drawn, count);
            }
            case ASN -> draw(group(Tier.ASN, place.asn()), random, drawn, 0, drawn.length);
            case COUNTRY -> draw(group(Tier.COUNTRY, place.country()), random, drawn, 0, drawn.length);
            case ANYWHERE -> draw(this, random, drawn, 0, drawn.length);
        };
    }

    private @Nullable CompactSet<Holder> group(Tier tier, int value) {
        var groups = places;
        return value == 0 || groups == null ? null : groups.get(key(tier, value));
    }

    private static int draw(@Nullable CompactSet<Holder> from, RandomGenerator random, Holder[] drawn, int start,
            int end) {
        if (from == null) {
            return start;
        }
        int count = start;
        Holder[] few = from.few();
        if (few != null && few.length <= end - start) {
            System.arraycopy(few, 0, drawn, start, few.length);
            return start + few.length;
        }
        while (count < end) {
            Holder one = few == null ? from.draw(random) : few[random.nextInt(few.length)];
            if (one == null) {
                break;
            }
            drawn[count++] = one;
        }
        return count;
    }

    /** Those behind the client's own address hardly ever are many, but may well hold something else. */
    private int drawNeighbours(Place place, RandomGenerator random, Holder[] drawn, int start) {
        int end = draw(neighbours.at(place), random, drawn, start, drawn.length);
        int count = start;
        for (int i = start; i < end; i++) {
            Holder one = find(drawn[i].peer());
            if (one != null) {
                drawn[count++] = one;
            }
        }
        return count;
    }

    private static long key(Tier tier, int value) {
        return (long) tier.distance() << Integer.SIZE | value;
    }

    /** Shows those whose lease runs; off the I/O threads if they may be many. */
    public void live(Instant now, Consumer<Holder> consumer) {
        forEach(holder -> {
            if (holder.peer().isLive(now)) {
                consumer.accept(holder);
            }
        });
    }

    /** Those whose lease runs; off the I/O threads. */
    public List<Holder> live(Instant now) {
        var live = new ArrayList<Holder>();
        live(now, live::add);
        return live;
    }

    /** Takes in a holder, or what is new of one. */
    boolean add(Holder holder) {
        boolean isNew = put(holder);
        if (places != null) {
            forEachGroup(holder.peer(), group -> group.put(holder));
        } else if (few() == null) {
            places = new ConcurrentHashMap<>();
            forEach(each -> forEachGroup(each.peer(), group -> group.put(each)));
        }
        return isNew;
    }

    /** Takes out what a peer holds; whether it held anything. */
    boolean withdraw(Peer peer) {
        boolean held = remove(peer) != null;
        if (held && places != null) {
            if (few() == null) {
                forEachGroup(peer, group -> group.remove(peer));
            } else {
                places = null;
            }
        }
        return held;
    }

    /** Takes a peer out of the groups of its place, which is about to change. */
    void leavePlace(Peer peer) {
        forEachGroup(peer, group -> group.remove(peer));
    }

    /** Puts it into those of its new place. */
    void takePlace(Peer peer) {
        Holder holder = find(peer);
        if (holder != null) {
            forEachGroup(peer, group -> group.put(holder));
        }
    }

    private void forEachGroup(Peer peer, Consumer<CompactSet<Holder>> change) {
        Place place = peer.place();
        change(Tier.LOCAL, place.site(), change);
        change(Tier.ASN, place.asn(), change);
        change(Tier.COUNTRY, place.country(), change);
    }

    private void change(Tier tier, int value, Consumer<CompactSet<Holder>> change) {
        var groups = places;
        if (value != 0 && groups != null) {
            groups.compute(key(tier, value), (_, known) -> {
                var group = known == null ? new CompactSet<>(NOBODY) : known;
                change.accept(group);
                return group.size() == 0 ? null : group;
            });
        }
    }
}
