import io.fingerpost.contract.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/**
 * Which resources there are, and which peers hold them. Resource n is {@code /o/n.bin}; each is held by as many different peers,
 * which do not hold the same things.
 */
record RedirectTable(int resources, int peers, int holders) {
    static final int BODY_SIZE = 16_384;

    RedirectTable {
        if (holders > peers) {
            throw new IllegalArgumentException(holders + " different holders cannot be found among " + peers + " peers");
        }
    }

    static String path(int resource) {
        return "/o/" + resource + ".bin";
    }

    static Sha256 digest(int resource) {
        return Sha256.digestOf(Integer.toString(resource).getBytes(StandardCharsets.US_ASCII));
    }

    long holdings() {
        return (long) resources * holders;
    }

    /** How far the k-th holder of a resource is from the first. */
    private int shift(int k) {
        return (int) ((long) k * k * peers / ((long) holders * holders));
    }

    void forEachHeldBy(int peer, IntConsumer resource) {
        for (int k = 0; k < holders; k++) {
            for (int n = Math.floorMod(peer - shift(k), peers); n < resources; n += peers) {
                resource.accept(n);
            }
        }
    }

    boolean holds(int peer, int resource) {
        int distance = Math.floorMod(peer - resource, peers);
        for (int k = 0; k < holders; k++) {
            if (shift(k) == distance) {
                return true;
            }
        }
        return false;
    }
}
