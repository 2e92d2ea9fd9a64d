package io.fingerpost.broker.collapse;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * All the memory that spools may take: blocks outside the heap, made when first needed and then used again. What nobody reads
 * any more but may yet be asked for gives way to what is being read; and when memory is scarce, each spool gets its share of it
 * and no more, so that there is some left for the next. Safe for use by many threads.
 */
final class SpoolMemory {
    /** Bytes of a block. */
    static final int BLOCK = 64 * 1024;
    /** Memory is scarce when less than this part of it, as 1/n, is left. */
    private static final int RESERVE = 8;

    private final int most;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Deque<Runnable> idle = new ArrayDeque<>();
    private int made;
    private int spools;

    /** @param bytes at least one block */
    SpoolMemory(long bytes) {
        this.most = Math.toIntExact(Math.max(1, bytes / BLOCK));
    }

    /** The number of blocks there can be. */
    int blocks() {
        return most;
    }

    /**
     * An empty block.
     *
     * @param had the blocks that the one who asks has already
     * @return null if all are in use, or the last ones are for others
     */
    @Nullable
    ByteBuffer take(int had) {
        ByteBuffer block = takeFree(had);
        while (block == null && freeIdle()) {
            block = takeFree(had);
        }
        return block;
    }

    private synchronized @Nullable ByteBuffer takeFree(int had) {
        if (had >= fairShare() && isScarce()) {
            return null;
        }
        ByteBuffer block = free.poll();
        if (block == null && made < most) {
            block = ByteBuffer.allocateDirect(BLOCK);
            made++;
        }
        return block;
    }

    /** Whether a spool that has {@code had} blocks has to make do with fewer. */
    synchronized boolean isTooMuch(int had) {
        return had > fairShare() && isScarce();
    }

    private int fairShare() {
        return Math.max(1, most / (spools + 1));
    }

    private boolean isScarce() {
        return made - free.size() >= most - most / RESERVE;
    }

    /** One more spool will want blocks. */
    synchronized void open() {
        spools++;
    }

    /** One fewer does. */
    synchronized void close() {
        spools--;
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
