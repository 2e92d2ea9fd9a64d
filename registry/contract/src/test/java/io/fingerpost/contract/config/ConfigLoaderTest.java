package io.fingerpost.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
    /** A configuration of the shape that ours have; `name` has no default. */
    record Sample(HostPort listen, String name, int workers, Peers peers, Firewall firewall) {
        record Peers(List<String> allow, ByteSize memory, Duration leaseTtl, Optional<String> token,
                List<Share> shares) {
            Peers {
                if (!leaseTtl.isPositive()) {
                    throw new IllegalArgumentException("lease-ttl must be positive, was " + leaseTtl);
                }
                for (int i = 0; i < shares.size(); i++) {
                    if (shares.get(i).weight > 9) {
                        throw new BadKey("shares[" + i + "].weight", "at most 9 is wanted");
                    }
                }
            }

            /** Has keys of its own, and those of its section. */
            record Share(String path, int weight, ByteSize memory, List<String> allow, Duration leaseTtl,
                    Optional<String> token) {}
        }

        record Firewall(boolean strict, List<Port> ports) {
            /** Has keys of its own only. */
            record Port(int number, boolean open) {}
        }
    }

    @TempDir
    private Path folder;
    private Path file;
    private final ConfigLoader loader = new ConfigLoader(ConfigLoaderTest.class, "sample.yaml",
            Map.of("EDGE_NAME", "north", "NETS", "10.0.0.0/8, fc00::/7", "PORT", "9000"));

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("edge.yaml");
    }

    @Test
    void laysTheFileOverTheDefaultsAndSingleKeysOverTheFile() {
        write("""
                name: north
                workers: 8
                peers:
                  memory: 4096
                  lease-ttl: 5m
                """);

        Sample bound = loader.file(file).set("peers.lease-ttl", "7s", "--set").bind(Sample.class);

        assertThat(bound).isEqualTo(new Sample(new HostPort("127.0.0.1", 8080), "north", 8,
                new Sample.Peers(List.of(), new ByteSize(4096), Duration.ofSeconds(7), Optional.empty(),
                        List.of()),
                new Sample.Firewall(true, List.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing set\n", "---\n", "peers:\n  # allow: []\n"})
    void leavesTheDefaultsIfTheFileSetsNothing(String content) {
        write(content);

        Sample bound = loader.file(file).set("name", "north", "--set").bind(Sample.class);

        assertThat(bound.workers()).isEqualTo(4);
        assertThat(bound.peers().leaseTtl()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void fillsInTheEnvironment() {
        write("""
                name: ${EDGE_NAME}-${ZONE:1}
                listen: 127.0.0.1:${PORT}
                workers: ${WORKERS:2}
                peers:
                  allow: ${NETS}
                  token: ${TOKEN:}
                """);

        Sample bound = loader.file(file).bind(Sample.class);

        assertThat(bound.name()).isEqualTo("north-1");
        assertThat(bound.listen().port()).isEqualTo(9000);
        assertThat(bound.workers()).isEqualTo(2);
        assertThat(bound.peers().allow()).containsExactly("10.0.0.0/8", "fc00::/7");
        assertThat(bound.peers().token()).hasValue("");
    }

    @Test
    void fillsInTheEnvironmentInListsToo() {
        write("name: x\npeers:\n  allow: ['${NET:10.0.0.0/8}', 127.0.0.0/8]\n");

        assertThat(loader.file(file).bind(Sample.class).peers().allow()).containsExactly("10.0.0.0/8", "127.0.0.0/8");
    }

    @Test
    void namesAVariableThatIsNotSet() {
        assertRefused("name: ${EDGE}\n", "key 'name': environment variable EDGE is not set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "' a ,, b,'", "[a, b]", "[a , 'b']"})
    void readsAListFromCommasToo(String text) {
        write("name: x\npeers:\n  allow: " + text + "\n");

        assertThat(loader.file(file).bind(Sample.class).peers().allow()).containsExactly("a", "b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "colour: red | 'colour' (value 'red')",
            "colour: {deep: {red: 1}} | 'colour.deep.red' (value '1')",
            "colour: [red, blue] | 'colour' (value '[\"red\",\"blue\"]')",
            "colour: {} | 'colour' (value '{}')",
            "colour: | 'colour' (value '')",
            "peers: {leaseTtl: 5s} | 'peers.leaseTtl' (value '5s')",
            "workers: {max: 5} | 'workers.max' (value '5')",
            "peers: 5 | 'peers' (value '5')"})
    void namesAnUnknownKeyAndItsValue(String content, String named) {
        assertRefused(content, file + ":1: unknown key " + named + "; known here: ");
    }

    @Test
    void saysWhichKeysItKnowsInstead() {
        assertRefused("peers: {lease: 5s}", "known here: allow, memory, lease-ttl, token, shares");
    }

    @Test
    void namesTheSourceOfAnUnknownKey() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> loader.set("peers.max.all", "5", "--set peers.max.all=5"))
                .withMessageContaining("--set peers.max.all=5: unknown key 'peers.max.all' (value '5')");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "workers: many | :2: bad value 'many' for 'workers'",
            "workers: 1.5 | bad value '1.5' for 'workers'",
            "workers: 99999999999 | bad value '99999999999' for 'workers'",
            "listen: 8080 | bad value '8080' for 'listen'",
            "listen: localhost | bad value 'localhost' for 'listen': HOST:PORT is wanted",
            "peers: {lease-ttl: 10} | bad value '10' for 'peers.lease-ttl': a duration such as",
            "peers: {lease-ttl: soon} | bad value 'soon' for 'peers.lease-ttl': a duration such as",
            "peers: {lease-ttl: 0s} | peers: lease-ttl must be positive, was PT0S",
            "peers: {memory: 5MB} | bad value '5MB' for 'peers.memory': a size such as",
            "peers: {memory: -1} | bad value '-1' for 'peers.memory': a size such as",
            "peers: {allow: 5} | bad value '5' for 'peers.allow'"})
    void namesTheKeyAndTheValueThatIsBad(String content, String message) {
        assertRefused("name: x\n" + content, message);
    }

    @Test
    void namesAKeyThatNeedsAValue() {
        assertRefused("workers: 1", "key 'name' has no default and needs a value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "name: x\\nworkers: 1\\nworkers: 2 | :3: Duplicate",
            "name: x\\n\\tworkers: 1 | :2: found character '\\t(TAB)'",
            "name: x\\nlisten: [ | :2: expected the node content",
            "name: x: y | :1: mapping values are not allowed here",
            "name: x\\n---\\nname: y | :3: Trailing"})
    void namesTheLineThatIsNotYaml(String content, String place) {
        assertRefused(content.translateEscapes(), file + place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"- name", "name", "5"})
    void refusesAFileWithoutKeys(String content) {
        assertRefused(content, file + ": keys and values are wanted");
    }

    @Test
    void itemsOfAListHaveWhatTheirSectionSaysUnlessTheySayOtherwise() {
        write("""
                name: x
                peers:
                  memory: 1MiB
                  allow: [a]
                  shares:
                    - path: /one
                    - {path: /two, memory: 2MiB, allow: 'b, ${EDGE_NAME}', weight: 3}
                """);

        var shares = loader.file(file).set("peers.lease-ttl", "7s", "--set").bind(Sample.class).peers().shares();

        assertThat(shares).containsExactly(
                new Sample.Peers.Share("/one", 1, ByteSize.parse("1MiB"), List.of("a"), Duration.ofSeconds(7),
                        Optional.empty()),
                new Sample.Peers.Share("/two", 3, ByteSize.parse("2MiB"), List.of("b", "north"), Duration.ofSeconds(7),
                        Optional.empty()));
    }

    @Test
    void completesItemsFromTheirTemplateAloneIfItDoesNotMergeTheSection() {
        write("name: x\nfirewall:\n  ports: [{number: 80, open: true}, {number: 81}]\n");

        assertThat(loader.file(file).bind(Sample.class).firewall().ports()).containsExactly(
                new Sample.Firewall.Port(80, true), new Sample.Firewall.Port(81, false));
    }

    @Test
    void refusesAKeyOfTheSectionInAnItemThatDoesNotMergeIt() {
        assertRefused("name: x\nfirewall:\n  ports:\n    - {number: 80, strict: no}\n",
                file + ":4: unknown key 'firewall.ports[0].strict' (value 'no'); known here: number, open");
    }

    @Test
    void refusesTheMergeKeyItself() {
        assertRefused("name: x\npeers:\n  shares:\n    - {path: /a, <<: peers}\n",
                file + ":4: unknown key 'peers.shares[0].<<'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "weight: 4 | :6: key 'peers.shares[1].path' has no default and needs a value",
            "{path: /b, memory: much} | :6: bad value 'much' for 'peers.shares[1].memory': a size such as",
            "{path: /b, colour: red} | :6: unknown key 'peers.shares[1].colour' (value 'red'); known here: allow, memory",
            "{path: /b, weight: 10} | :6: bad value '10' for 'peers.shares[1].weight': at most 9 is wanted",
            "{path: /b, weight: [1]} | :6: peers.shares[1].weight: ",
            "'/b' | :6: bad value '/b' for 'peers.shares[1]'"})
    void namesTheLineOfABadItem(String item, String message) {
        assertRefused("name: x\npeers:\n  allow: [a]\n  shares:\n    - path: /a\n    - " + item + "\n",
                file + message);
    }

    @Test
    void doesNotBlameTheFileForWhatAnOptionSaid() {
        write("name: x\nworkers: 5\n");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> loader.file(file).set("workers", "many", "--set").bind(Sample.class))
                .withMessageStartingWith("bad value 'many' for 'workers'");
    }

    @Test
    void saysThatTheFileIsMissing() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> loader.file(file))
                .withMessage("--config: no such file: " + file);
    }

    @Test
    void saysThatTheFileIsAFolder() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> loader.file(folder))
                .withMessageStartingWith("--config: cannot read " + folder);
    }

    @Test
    void saysThatTheFileIsNotText() throws IOException {
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> loader.file(file))
                .withMessageStartingWith("--config: cannot read " + file);
    }

    private void assertRefused(String content, String message) {
        write(content);

        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> loader.file(file).bind(Sample.class))
                .withMessageContaining(message)
                .satisfies(refusal -> assertThat(refusal.getMessage()).as("one line").doesNotContain("\n"));
    }

    private void write(String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
