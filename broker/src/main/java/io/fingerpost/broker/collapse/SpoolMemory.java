package io.fingerpost.broker.collapse;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * All the memory that spools may take: blocks outside the heap, made when first needed and then used again. What nobody reads
 * any more but may yet be asked for gives way to what is being read. Safe for use by many threads.
 */
final class SpoolMemory {
    /** Bytes of a block. */
    static final int BLOCK = 64 * 1024;

    private final int most;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Deque<Runnable> idle = new ArrayDeque<>();
    private int made;

    /** @param bytes at least one block */
    SpoolMemory(long bytes) {
        this.most = Math.toIntExact(Math.max(1, bytes / BLOCK));
    }

    /** The number of blocks there can be. */
    int blocks() {
        return most;
    }

    /** An empty block; null if all are in use. */
    @Nullable
    ByteBuffer take() {
        ByteBuffer block = takeFree();
        while (block == null && freeIdle()) {
            block = takeFree();
        }
        return block;
    }

    private synchronized @Nullable ByteBuffer takeFree() {
        ByteBuffer block = free.poll();
        if (block == null && made < most) {
            block = ByteBuffer.allocateDirect(BLOCK);
            made++;
        }
        return block;
    }

    /** Outside the monitor: what gives way comes back to it. */
    private boolean freeIdle() {
        Runnable oldest;
        synchronized (this) {
            oldest = idle.poll();
        }
        if (oldest == null) {
            return false;
        }
        oldest.run();
        return true;
    }

    synchronized void giveBack(ByteBuffer block) {
        free.push(block.clear());
    }

    /** From now on {@code giveWay} is run when memory runs short, the oldest first. */
    synchronized void addIdle(Runnable giveWay) {
        idle.add(giveWay);
    }

    synchronized void removeIdle(Runnable giveWay) {
        idle.remove(giveWay);
    }

    /** Bytes in use. */
    synchronized long used() {
        return (long) (made - free.size()) * BLOCK;
    }
}
