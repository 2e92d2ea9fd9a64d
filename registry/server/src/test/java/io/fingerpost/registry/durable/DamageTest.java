package io.fingerpost.registry.durable;

import static io.fingerpost.registry.store.RegistryStoreContract.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.representation.ResourceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Whatever happens to the files, what comes back was so at the end, and the operator is told when something is missing. */
class DamageTest {
    private static final int PEERS = 20;
    private static final int DIGESTS = 12;
    private static final int RESOURCES = 10;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(DurableStore.class);
    private final Set<String> truth = new HashSet<>();
    private List<Path> files;
    private List<byte[]> whole;

    @TempDir
    private Path folder;

    private Path registry;

    /** Peers that come and go, hold and withdraw; partly in a snapshot, partly in two journals. */
    @BeforeEach
    void fill() throws IOException {
        log.start();
        logger.setLevel(Level.INFO); // whatever is shown
        logger.setAdditive(false);
        logger.addAppender(log);
        registry = folder.resolve("registry");
        try (var fixture = new StoreFixture(registry)) {
            live(fixture, new Random(1));
        }
        damage(only(".subjects"), content -> content[LogHeader.LENGTH] ^= 1); // so that all is written anew, as a snapshot
        log.list.clear();
        try (var fixture = new StoreFixture(registry)) {
            assertThat(files(".snapshot")).hasSize(1);
            live(fixture, new Random(2));
            fixture.restart();
            live(fixture, new Random(3));
            truth.addAll(state(fixture));
        }
        log.list.clear();
        files = files("");
        whole = new ArrayList<>();
        for (Path file : files) {
            whole.add(Files.readAllBytes(file));
        }
        assertThat(truth).hasSizeGreaterThan(100);
    }

    private void live(StoreFixture fixture, Random random) {
        var store = fixture.store();
        for (int i = 0; i < 300; i++) {
            PeerId id = id(random.nextInt(PEERS));
            switch (random.nextInt(40)) {
                case 0 -> store.remove(id);
                case 1 -> store.admit(peer(number(id), StoreFixture.LEASE_END));
                case 2, 3 -> fixture.representations().forget(resource(random.nextInt(RESOURCES)));
                case 4, 5, 6 -> learn(fixture, random);
                default -> {
                    if (store.find(id).isEmpty()) {
                        store.admit(peer(number(id), StoreFixture.LEASE_END));
                    }
                    store.hold(id, digest(random.nextInt(DIGESTS)),
                            PieceSet.of(9, new byte[] {(byte) (random.nextInt(3) * 5)}));
                }
            }
        }
    }

    private static void learn(StoreFixture fixture, Random random) {
        int version = random.nextInt(3);
        fixture.representations().learn(resource(random.nextInt(RESOURCES)),
                Representation.ofDigest(digest(version), 9, new ReplayedHeaders(Map.of("ETag", "\"" + version + "\""))),
                StoreFixture.LEASE_END);
    }

    private static PeerId id(int number) {
        return peer(number, StoreFixture.LEASE_END).id();
    }

    private static int number(PeerId id) {
        for (int i = 0; i < PEERS; i++) {
            if (id(i).equals(id)) {
                return i;
            }
        }
        throw new AssertionError(id);
    }

    private static Sha256 digest(int number) {
        return Sha256.digestOf(new byte[] {(byte) number, 1});
    }

    private static ResourceId resource(int number) {
        return new ResourceId("/" + number);
    }

    /** All that one can be led to by it, one line for each. */
    private static Set<String> state(StoreFixture fixture) {
        var state = new HashSet<String>();
        for (int i = 0; i < PEERS; i++) {
            fixture.store().find(id(i)).ifPresent(peer -> state.add(peer + " " + peer.admission()));
        }
        for (int i = 0; i < DIGESTS; i++) {
            Sha256 digest = digest(i);
            fixture.store().holders(digest).live(StoreFixture.NOW)
                    .forEach(holder -> state.add(holder.peer() + " holds " + digest + " " + holder.holds(0, 0)
                            + holder.holds(1, 1) + holder.holds(2, 2) + holder.holds(3, 3)));
        }
        for (int i = 0; i < RESOURCES; i++) {
            ResourceId resource = resource(i);
            fixture.representations().lookup(resource).filter(binding -> binding.isFresh(StoreFixture.NOW))
                    .ifPresent(binding -> state.add(resource + " is " + binding.representation()));
        }
        return state;
    }

    private interface Damage {
        void to(byte[] file) throws IOException;
    }

    private static void damage(Path file, Damage damage) throws IOException {
        byte[] content = Files.readAllBytes(file);
        damage.to(content);
        Files.write(file, content);
    }

    private List<Path> files(String end) throws IOException {
        try (Stream<Path> all = Files.list(registry)) {
            return all.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(end)).sorted().toList();
        }
    }

    private Path only(String end) throws IOException {
        assertThat(files(end)).hasSize(1);
        return files(end).getFirst();
    }

    private void putBack() throws IOException {
        for (Path file : files("")) {
            Files.delete(file);
        }
        for (int i = 0; i < files.size(); i++) {
            Files.write(files.get(i), whole.get(i));
        }
        log.list.clear();
    }

    /** What is there after a restart; checks that it is true, that what is missing was told, and that the next restart finds it too. */
    private Set<String> restored() throws IOException {
        Set<String> state;
        try (var fixture = new StoreFixture(registry)) {
            state = state(fixture);
            assertThat(truth).containsAll(state);
            if (!state.equals(truth)) {
                assertThat(warnings()).hasSize(1);
            }
            log.list.clear();
            fixture.restart();
            assertThat(state(fixture)).isEqualTo(state);
            assertThat(warnings()).isEmpty();
        }
        return state;
    }

    private List<String> warnings() {
        return log.list.stream().filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::toString).toList();
    }

    @AfterEach
    void stop() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    @Test
    void whatIsWholeComesBackWhole() throws IOException {
        assertThat(restored()).isEqualTo(truth);
    }

    @Test
    void aFlippedBitCostsLittleAndNeverBringsBackWhatWasWithdrawn() throws IOException {
        var random = new Random(4);
        int lost = 0;
        for (int round = 0; round < 150; round++) {
            putBack();
            int file = random.nextInt(files.size());
            damage(files.get(file),
                    content -> content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8)));

            lost += truth.size() - restored().size();
        }
        assertThat(lost / 150.0).isBetween(0.5, truth.size() / 8.0);
    }

    @Test
    void aDamagedSectorIsPassedOver() throws IOException {
        var random = new Random(5);
        for (int round = 0; round < 30; round++) {
            putBack();
            int file = random.nextInt(files.size());
            damage(files.get(file), content -> {
                int from = random.nextInt(content.length);
                Arrays.fill(content, from, Math.min(content.length, from + 512), (byte) 0);
            });

            restored();
        }
    }

    @Test
    void aFileThatEndsTooSoonIsNoticed() throws IOException {
        var random = new Random(6);
        for (int round = 0; round < 30; round++) {
            putBack();
            int file = random.nextInt(files.size());
            Files.write(files.get(file), Arrays.copyOf(whole.get(file), random.nextInt(whole.get(file).length)));

            restored();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 40, 10_000})
    void garbageInTheFilesMeansABeginningWithNothing(int length) throws IOException {
        var garbage = new byte[length];
        new Random(7).nextBytes(garbage);
        for (Path file : files) {
            Files.write(file, garbage);
        }

        assertThat(restored()).isEmpty();
        assertThat(registry.resolve("damaged")).isNotEmptyDirectory();
    }

    @Test
    void anyFileMayBeMissing() throws IOException {
        for (Path file : files) {
            putBack();
            Files.delete(file);

            restored();
        }
    }

    @Test
    void theOperatorIsToldHowMuchIsLostAndWhereTheDamageIs() throws IOException {
        Path snapshot = only(".snapshot");
        damage(snapshot, content -> content[content.length / 2] ^= 1);

        try (var fixture = new StoreFixture(registry)) {
            assertThat(state(fixture)).isNotEmpty();
            assertThat(warnings()).hasSize(1);
            assertThat(log.list.getFirst().getKeyValuePairs()).extracting(Object::toString)
                    .contains("lostChanges=\"1\"", "files=\"[" + snapshot.getFileName() + "]\"",
                            "setAside=\"" + registry.resolve("damaged") + "\"");
            assertThat(registry.resolve("damaged").resolve(snapshot.getFileName())).exists();
        }
    }

    /** A change that was written halfway when the process ended was acknowledged to nobody. */
    @Test
    void whatIsTornAtTheEndIsNoDamage() throws IOException {
        Path journal = files(".journal").getLast();
        byte[] content = Files.readAllBytes(journal);
        byte[] torn = Arrays.copyOf(content, content.length + 20);
        int last = lastFrame(content);
        // A frame that says it is longer than what is there: of the right number and with the right check.
        ByteBuffer.wrap(torn, content.length, 20).put(nextHead(content, last)).putInt(0);
        Files.write(journal, torn);

        assertThat(restored()).isEqualTo(truth);
        assertThat(warnings()).isEmpty();
    }

    private static int lastFrame(byte[] content) {
        var bytes = ByteBuffer.wrap(content);
        int at = LogHeader.LENGTH;
        while (at + LogWriter.HEAD + bytes.getInt(at) < content.length) {
            at += LogWriter.HEAD + bytes.getInt(at);
        }
        return at;
    }

    private static byte[] nextHead(byte[] content, int last) {
        var bytes = ByteBuffer.wrap(content);
        int mask = bytes.getInt(12);
        var head = ByteBuffer.allocate(LogWriter.HEAD).putInt(100).putInt(bytes.getInt(last + 4) + 1);
        var crc = new CRC32C();
        crc.update(head.array(), 0, 8);
        return head.putInt((int) crc.getValue() ^ mask).putInt(0).array();
    }

    @Test
    void filesOfAnotherVersionAreRefusedInOneLineAndStay() throws IOException {
        Path journal = files(".journal").getLast();
        damage(journal, content -> {
            var bytes = ByteBuffer.wrap(content);
            for (int copy = 0; copy < 2; copy++) {
                bytes.putInt(copy * 20 + 8, 99);
                var crc = new CRC32C();
                crc.update(content, copy * 20, 16);
                bytes.putInt(copy * 20 + 16, (int) crc.getValue());
            }
        });
        byte[] before = Files.readAllBytes(journal);

        assertThatThrownBy(() -> new StoreFixture(registry)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'" + journal + "' has layout 99, this version reads layout " + LogHeader.LAYOUT);
        assertThat(journal).hasBinaryContent(before);
    }
}
