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
    /** Keys of sites, systems and countries are made of a multicast network, where nobody is, so that none is that of a network. */
    private static final long NO_NETWORK = 0xFFL << 56;

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
     * @return how many are in it; if it is not full, they are all
     */
    public int draw(Tier tier, Place place, RandomGenerator random, Holder[] drawn) {
        return switch (tier) {
            case LOCAL -> drawLocal(place, random, drawn);
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
        int count = start;
        if (from == null) {
            return count;
        }
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

    /** What those of the site leave, up to half of it, is for the client's own network; what these leave is for the site. */
    private int drawLocal(Place place, RandomGenerator random, Holder[] drawn) {
        var site = group(Tier.LOCAL, place.site());
        int reserved = site == null ? 0 : Math.min(site.size(), drawn.length / 2);
        int count = drawNeighbours(place, random, drawn, drawn.length - reserved);
        return draw(site, random, drawn, count, drawn.length);
    }

    /** Those behind the client's own address hardly ever are many, but may well hold something else. */
    private int drawNeighbours(Place place, RandomGenerator random, Holder[] drawn, int end) {
        var neighbouring = neighbours.at(place);
        Holder[] few = neighbouring == null ? NOBODY : neighbouring.few();
        var groups = places;
        if (few == null) {
            return draw(groups == null ? null : groups.get(place.network()), random, drawn, 0, end);
        }
        int count = 0;
        int from = few.length > end ? random.nextInt(few.length) : 0;
        for (int i = 0; i < few.length && count < end; i++) {
            Holder one = find(few[(from + i) % few.length].peer());
            if (one != null) {
                drawn[count++] = one;
            }
        }
        return count;
    }

    private static long key(Tier tier, int value) {
        return NO_NETWORK | (long) tier.distance() << Integer.SIZE | Integer.toUnsignedLong(value);
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
            join(holder);
        } else if (few() == null) {
            places = new ConcurrentHashMap<>();
            forEach(this::join);
        }
        return isNew;
    }

    /** Takes in many holders at once, none of which is known yet. */
    void addAll(Holder[] more) {
        if (count() == 0 && more.length <= FEW) {
            begin(more);
            return;
        }
        expect(more.length);
        for (Holder holder : more) {
            add(holder);
        }
    }

    /** Takes out what a peer holds; whether it held anything. */
    boolean withdraw(Peer peer) {
        boolean held = remove(peer) != null;
        if (held && places != null) {
            if (few() == null) {
                leavePlace(peer);
            } else {
                places = null;
            }
        }
        return held;
    }

    /** Takes a peer out of the groups of its place, which is about to change. */
    void leavePlace(Peer peer) {
        Place place = peer.place();
        changeAll(place, group -> group.remove(peer));
        change(place.network(), group -> group.remove(peer)); // once they were many, perhaps
    }

    /** Puts it into those of its new place, or into that of its network when many have come there. */
    void takePlace(Peer peer) {
        Holder holder = find(peer);
        if (holder != null) {
            join(holder);
        }
    }

    private void join(Holder holder) {
        Place place = holder.peer().place();
        changeAll(place, group -> group.put(holder));
        if (neighbours.areMany(place)) {
            change(place.network(), group -> group.put(holder));
        }
    }

    private void changeAll(Place place, Consumer<CompactSet<Holder>> change) {
        change(Tier.LOCAL, place.site(), change);
        change(Tier.ASN, place.asn(), change);
        change(Tier.COUNTRY, place.country(), change);
    }

    private void change(Tier tier, int value, Consumer<CompactSet<Holder>> change) {
        if (value != 0) {
            change(key(tier, value), change);
        }
    }

    private void change(long key, Consumer<CompactSet<Holder>> change) {
        var groups = places;
        if (groups != null) {
            groups.compute(key, (_, known) -> {
                var group = known == null ? new CompactSet<>(NOBODY) : known;
                change.accept(group);
                return group.size() == 0 ? null : group;
            });
        }
    }
}
