package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.SpoolMemory.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SpoolMemoryTest {
    private static final int BLOCKS = 16;

    private final SpoolMemory memory = new SpoolMemory(BLOCKS * BLOCK);

    private ByteBuffer take(int had) {
        return Objects.requireNonNull(memory.take(had));
    }

    private List<ByteBuffer> takeAll() {
        var all = new ArrayList<ByteBuffer>();
        for (int i = 0; i < BLOCKS; i++) {
            all.add(take(0));
        }
        return all;
    }

    @Test
    void thereAreSoManyBlocksAndNoMore() {
        takeAll();

        assertThat(memory.take(0)).isNull();
        assertThat(memory.used()).isEqualTo(BLOCKS * BLOCK);
    }

    @Test
    void aBlockThatWasGivenBackIsEmptyWhenItIsTakenAgain() {
        var block = takeAll().getFirst();
        block.put(new byte[BLOCK]);

        memory.giveBack(block);

        assertThat(memory.used()).isEqualTo((BLOCKS - 1) * BLOCK);
        assertThat(take(0)).isSameAs(block).extracting(ByteBuffer::remaining).isEqualTo(BLOCK);
    }

    @Test
    void whatIsIdleGivesWayTheOldestFirstAndOnlyWhenItHasTo() {
        var all = takeAll();
        var asked = new ArrayList<String>();
        memory.addIdle(() -> asked.add("gives nothing"));
        memory.addIdle(() -> {
            asked.add("gives");
            memory.giveBack(all.removeFirst());
        });
        memory.addIdle(() -> asked.add("is not asked"));

        assertThat(memory.take(0)).isNotNull();

        assertThat(asked).containsExactly("gives nothing", "gives");
    }

    @Test
    void whatIsNoLongerIdleIsNotAsked() {
        takeAll();
        var asked = new AtomicInteger();
        Runnable giveWay = asked::incrementAndGet;
        memory.addIdle(giveWay);
        memory.removeIdle(giveWay);

        assertThat(memory.take(0)).isNull();

        assertThat(asked).hasValue(0);
    }

    @Test
    void whileThereIsPlentyOneSpoolMayHaveMoreThanItsShare() {
        memory.open();
        memory.open();

        assertThat(memory.take(BLOCKS / 2)).isNotNull();
    }

    @Test
    void theLastBlocksAreForThoseThatHaveFew() {
        memory.open();
        memory.open();
        memory.open();
        for (int had = 0; had < BLOCKS - 2; had++) {
            take(had);
        }

        assertThat(memory.take(BLOCKS / 4)).as("for one with its share").isNull();
        assertThat(memory.isTooMuch(BLOCKS / 4)).isFalse();
        assertThat(memory.isTooMuch(BLOCKS / 4 + 1)).isTrue();
        assertThat(memory.take(BLOCKS / 4 - 1)).as("for one with less").isNotNull();
        assertThat(memory.take(0)).as("for a new one").isNotNull();
    }

    @Test
    void aSpoolThatEndsLeavesItsShareToTheOthers() {
        memory.open();
        memory.open();
        memory.open();
        memory.close();
        memory.close();
        for (int had = 0; had < BLOCKS - 2; had++) {
            take(0);
        }

        assertThat(memory.take(BLOCKS / 2 - 1)).isNotNull();
    }
}
