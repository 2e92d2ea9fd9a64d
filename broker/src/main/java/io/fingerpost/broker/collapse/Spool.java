package io.fingerpost.broker.collapse;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way from the origin: one writer appends, any number of readers follow at their own speeds.
 *
 * <p>It holds a window of the body, up to a bound. As long as there is room, nothing is dropped, so that who comes late or reads
 * slowly finds all of it. When there is none, the writer waits for readers, but the fastest one does not wait long for the
 * others: when it has nothing left to read, the oldest block goes after a moment's grace, and readers that still needed it are
 * lost and have to go on elsewhere.
 *
 * <p>Safe for use by many threads; nothing in here waits.
 */
final class Spool {
    /** How far the writer may be ahead of the fastest reader, in bytes. */
    static final int READ_AHEAD = 512 * 1024;

    /** How long each block stays for readers that are not the fastest, at least. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private final SpoolMemory memory;
    private final LongSupplier nanoClock;
    private final int mostBlocks;
    private final boolean keeps;
    private final Runnable resumeWriter;
    /** Never empty before the end: a writer that waits for a block may wait for its own. */
    private final List<Block> blocks = new ArrayList<>();
    private final Set<Reader> readers = new HashSet<>();
    private List<Reader> starving = new ArrayList<>();
    /** Where the first block begins, in the body. */
    private long first;
    private long end;
    /** How far any reader has come; the writer is kept near it. */
    private long fastest;
    private boolean paused;
    private boolean wantsBlock;
    private Ending ending = Ending.OPEN;

    private enum Ending {
        OPEN, COMPLETE, BROKEN
    }

    /** What a reader finds at its position. */
    sealed interface Next {
        /** Bytes, to be given back by {@link Spool#advance}. */
        record Bytes(ByteBuffer bytes, Block block) implements Next {}

        /** None yet; the reader is woken when there are. */
        record None() implements Next {}

        /** The body ends here. */
        record End() implements Next {}

        /** They were there, but had to make room. */
        record Lost() implements Next {}

        /** They will never come. */
        record Broken() implements Next {}
    }

    /** A part of the body, as large as a block of memory. */
    static final class Block {
        private final ByteBuffer memory;
        private final long sinceNanos;
        private int users;
        private boolean dropped;

        Block(ByteBuffer memory, long sinceNanos) {
            this.memory = memory;
            this.sinceNanos = sinceNanos;
        }
    }

    /** Someone who follows the body. */
    static final class Reader {
        private final Runnable wake;
        private long position;

        /** @param wake called when there is more, or never will be */
        Reader(long position, Runnable wake) {
            this.position = position;
            this.wake = wake;
        }

        long position() {
            return position;
        }
    }

    /**
     * @param firstBlock taken from {@code memory}
     * @param nanoClock as {@link System#nanoTime}
     * @param bounds start and size of this spool
     * @param resumeWriter called when a writer that found no room may try again
     */
    Spool(SpoolMemory memory, ByteBuffer firstBlock, LongSupplier nanoClock, Bounds bounds, Runnable resumeWriter) {
        this.memory = memory;
        this.nanoClock = nanoClock;
        this.mostBlocks = bounds.mostBlocks;
        this.keeps = bounds.keeps;
        this.resumeWriter = resumeWriter;
        this.first = bounds.start;
        this.end = bounds.start;
        this.fastest = bounds.start;
        blocks.add(new Block(firstBlock, nanoClock.getAsLong()));
        memory.open();
    }

    /**
     * What a spool is for.
     *
     * @param start where in the body the first byte that is written belongs
     * @param mostBlocks it may have, at least 1
     * @param keeps whether what all readers have read is kept for those who may come
     */
    record Bounds(long start, int mostBlocks, boolean keeps) {}

    /** Room for the next bytes; null if the writer has to wait. */
    synchronized @Nullable ByteBuffer room() {
        wantsBlock = false;
        if (blocks.isEmpty()) {
            return null; // closed
        }
        if (end - fastest >= READ_AHEAD || !blocks.getLast().memory.hasRemaining() && !grow()) {
            paused = true;
            return null;
        }
        return blocks.getLast().memory;
    }

    /** Whether the writer waits because there is no block for it, and not because it is far enough ahead. */
    synchronized boolean wantsBlock() {
        return paused && wantsBlock;
    }

    private boolean grow() {
        long now = nanoClock.getAsLong();
        if (!keeps) {
            dropRead();
        }
        ByteBuffer fresh = blocks.size() < mostBlocks ? memory.take(blocks.size()) : null;
        while (memory.isTooMuch(blocks.size()) && blocks.size() > 1 && mayLoseFirst(now)) {
            dropFirst();
        }
        if (fresh == null && mayLoseFirst(now)) {
            fresh = removeFirst().memory.clear();
        }
        wantsBlock = fresh == null;
        return fresh != null && blocks.add(new Block(fresh, now));
    }

    /** The oldest block may go when nobody needs it, or when it is that or let the fastest reader wait. */
    private boolean mayLoseFirst(long now) {
        Block oldest = blocks.getFirst();
        boolean hadItsTime = fastest >= end && now - oldest.sinceNanos >= GRACE.toNanos();
        return oldest.users == 0 && (hadItsTime || slowest() >= first + SpoolMemory.BLOCK);
    }

    private long slowest() {
        return readers.stream().mapToLong(Reader::position).min().orElse(end);
    }

    private void dropRead() {
        long slowest = slowest();
        while (blocks.size() > 1 && first + SpoolMemory.BLOCK <= slowest) {
            dropFirst();
        }
    }

    private void dropFirst() {
        drop(removeFirst());
    }

    private Block removeFirst() {
        first += SpoolMemory.BLOCK;
        readers.removeIf(this::isLost); // or else they would hold up the others until they notice
        return blocks.removeFirst();
    }

    private boolean isLost(Reader reader) {
        boolean lost = reader.position < first;
        if (lost) {
            reader.wake.run();
        }
        return lost;
    }

    private void drop(Block block) {
        block.dropped = true;
        giveBackUnused(block);
    }

    private void giveBackUnused(Block block) {
        if (block.dropped && block.users == 0) {
            memory.giveBack(block.memory);
        }
    }

    /** So many bytes were put into the latest room. */
    void filled(int bytes) {
        List<Reader> woken;
        synchronized (this) {
            end += bytes;
            woken = takeStarving();
        }
        woken.forEach(reader -> reader.wake.run());
    }

    /** The body is complete, or never will be; only the first word counts. */
    void finish(boolean complete) {
        List<Reader> woken;
        synchronized (this) {
            if (ending == Ending.OPEN) {
                ending = complete ? Ending.COMPLETE : Ending.BROKEN;
            }
            woken = takeStarving();
        }
        woken.forEach(reader -> reader.wake.run());
    }

    synchronized boolean isComplete() {
        return ending == Ending.COMPLETE;
    }

    synchronized boolean isUnread() {
        return readers.isEmpty();
    }

    private List<Reader> takeStarving() {
        var woken = starving;
        starving = new ArrayList<>();
        return woken;
    }

    /** Whether a reader that begins at {@code position} would be served, now or within what is read ahead. */
    synchronized boolean reaches(long position) {
        return ending != Ending.BROKEN && position >= first && position <= end + READ_AHEAD;
    }

    synchronized void add(Reader reader) {
        readers.add(reader);
        fastest = Math.max(fastest, reader.position);
    }

    /** Returns whether nobody is left. */
    synchronized boolean remove(Reader reader) {
        readers.remove(reader);
        fastest = readers.stream().mapToLong(Reader::position).max().orElse(fastest);
        return readers.isEmpty();
    }

    /** What is there for {@code reader}. */
    synchronized Next next(Reader reader) {
        if (reader.position < first) {
            return new Next.Lost();
        }
        if (reader.position < end) {
            return bytesAt(reader.position);
        }
        return switch (ending) {
            case COMPLETE -> new Next.End();
            case BROKEN -> new Next.Broken();
            case OPEN -> {
                starving.add(reader);
                wakeWriter();
                yield new Next.None();
            }
        };
    }

    private Next bytesAt(long position) {
        int index = (int) ((position - first) / SpoolMemory.BLOCK);
        long at = first + (long) index * SpoolMemory.BLOCK;
        Block block = blocks.get(index);
        block.users++;
        int to = (int) Math.min(SpoolMemory.BLOCK, end - at);
        return new Next.Bytes(block.memory.duplicate().clear().limit(to).position((int) (position - at)), block);
    }

    /** The reader has taken so many of the bytes that it got. */
    synchronized void advance(Reader reader, Next.Bytes got, int bytes) {
        got.block.users--;
        giveBackUnused(got.block);
        boolean wasInFirst = reader.position < first + SpoolMemory.BLOCK;
        reader.position += bytes;
        fastest = Math.max(fastest, reader.position);
        boolean mayHaveFreed = wantsBlock && wasInFirst && reader.position >= first + SpoolMemory.BLOCK;
        if (mayHaveFreed || !wantsBlock && end - fastest <= READ_AHEAD / 2) {
            wakeWriter();
        }
    }

    private void wakeWriter() {
        if (paused) {
            paused = false;
            resumeWriter.run();
        }
    }

    /** Gives all memory back; only on the writer's thread, or when the body is complete. */
    synchronized void close() {
        if (blocks.isEmpty()) {
            return;
        }
        memory.close();
        ending = ending == Ending.OPEN ? Ending.BROKEN : ending;
        first = Long.MAX_VALUE;
        blocks.forEach(this::drop);
        blocks.clear();
    }
}
