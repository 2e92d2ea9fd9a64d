package io.fingerpost.registry.store;

import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** How many peers there are of each account, address and network. Safe for use by many threads. */
public final class Census {
    private final Map<String, Integer> accounts = new ConcurrentHashMap<>();
    private final Map<InetAddress, Integer> addresses = new ConcurrentHashMap<>();
    private final Map<Block, Integer> blocks = new ConcurrentHashMap<>();

    void add(Admission admission) {
        accounts.merge(admission.account(), 1, Integer::sum);
        admission.addresses().forEach(address -> addresses.merge(address, 1, Integer::sum));
        blocks(admission).forEach(block -> blocks.merge(block, 1, Integer::sum));
    }

    void remove(Admission admission) {
        removeOne(accounts, admission.account());
        admission.addresses().forEach(address -> removeOne(addresses, address));
        blocks(admission).forEach(block -> removeOne(blocks, block));
    }

    private static Set<Block> blocks(Admission admission) {
        return admission.addresses().stream().map(Block::of).collect(Collectors.toSet());
    }

    private static <K> void removeOne(Map<K, Integer> counts, K key) {
        counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
    }

    public int of(String account) {
        return accounts.getOrDefault(account, 0);
    }

    public int at(InetAddress address) {
        return addresses.getOrDefault(address, 0);
    }

    public int in(Block block) {
        return blocks.getOrDefault(block, 0);
    }
}
