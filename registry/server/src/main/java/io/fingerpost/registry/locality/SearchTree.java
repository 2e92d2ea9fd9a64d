package io.fingerpost.registry.locality;

import com.maxmind.db.Metadata;

/**
 * The search tree of a database, as far as it takes to know that a walk through it ends in time.
 *
 * <p>In a damaged file, nodes may lead back to nodes above them. The reader follows them to the depth of 128 bits, on more ways than
 * there is time for. A part of the tree that several nodes lead to is allowed: IPv4 has several places in IPv6.
 */
final class SearchTree {
    private static final int MAX_STEPS = 100_000_000;
    private static final int BEING_COUNTED = -1;

    private final byte[] file;
    private final long nodes;
    private final int recordBits;
    private final int addressBits;
    /** How many steps a walk from a node takes, once that is known. */
    private final int[] steps;

    /** @throws UnusableDatabase if the file is too short for the tree that it claims to have, or no walk through it would end */
    static void requireWalkable(byte[] file, Metadata metadata) throws UnusableDatabase {
        int bits = metadata.recordSize();
        boolean known = (bits == 24 || bits == 28 || bits == 32)
                && (metadata.ipVersion() == 4 || metadata.ipVersion() == 6);
        long nodes = metadata.nodeCount();
        if (!known || nodes < 1 || nodes > file.length || nodes * bits / 4 > file.length) {
            throw new UnusableDatabase("it is damaged: no search tree as its metadata describe it");
        }
        var tree = new SearchTree(file, (int) nodes, bits, metadata.ipVersion() == 4 ? 32 : 128);
        if (tree.steps(0, 0) >= MAX_STEPS) {
            throw new UnusableDatabase("its search tree is too large");
        }
    }

    private SearchTree(byte[] file, int nodes, int recordBits, int addressBits) {
        this.file = file;
        this.nodes = nodes;
        this.recordBits = recordBits;
        this.addressBits = addressBits;
        this.steps = new int[nodes];
    }

    private int steps(long record, int depth) throws UnusableDatabase {
        if (record >= nodes) {
            return 1;
        }
        int node = (int) record;
        if (steps[node] == BEING_COUNTED || depth == addressBits) {
            throw new UnusableDatabase("it is damaged: its search tree leads nowhere");
        }
        if (steps[node] == 0) {
            steps[node] = BEING_COUNTED;
            int below = steps(child(node, 0), depth + 1) + steps(child(node, 1), depth + 1);
            steps[node] = Math.min(MAX_STEPS, 1 + below);
        }
        return steps[node];
    }

    /** A node is two records; with 28 bits they share the byte in the middle. */
    private long child(int node, int side) {
        int at = (int) ((long) node * recordBits / 4);
        return switch (recordBits) {
            case 24 -> bytes(at + side * 3, 3);
            case 28 -> (file[at + 3] >>> (side == 0 ? 4 : 0) & 0xFL) << 24 | bytes(at + side * 4, 3);
            default -> bytes(at + side * 4, 4);
        };
    }

    private long bytes(int at, int count) {
        long number = 0;
        for (int i = 0; i < count; i++) {
            number = number << 8 | file[at + i] & 0xFF;
        }
        return number;
    }
}
