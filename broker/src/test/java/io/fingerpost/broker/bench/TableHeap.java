package io.fingerpost.broker.bench;

import io.fingerpost.registry.store.MemoryStore;
import java.lang.management.ManagementFactory;

/** Prints how much heap a holding takes: what is used with the holdings less what is used without, after collections. */
public final class TableHeap {
    private TableHeap() {}

    /** @param arguments resources, peers, holders of each resource */
    public static void main(String... arguments) {
        int resources = Integer.parseInt(arguments[0]);
        int holders = Integer.parseInt(arguments[2]);
        var store = new MemoryStore();
        var peers = LargeTable.admitPeers(store, Integer.parseInt(arguments[1]));
        long before = used();
        LargeTable.hold(store, peers, resources, holders);
        long after = used();
        System.out.printf("%,d holdings of %,d resources on %,d peers: %.1f bytes of heap for each%n",
                store.holdingCount(),
                resources, peers.size(), (after - before) / (double) store.holdingCount());
    }

    private static long used() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
