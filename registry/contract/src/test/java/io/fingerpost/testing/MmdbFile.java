package io.fingerpost.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes databases of networks in MaxMind's format (MaxMind DB 2.0). Data are maps of maps, texts, and numbers of 32 bits. */
public final class MmdbFile {
    private static final int SEPARATOR = 16;

    private final int ipVersion;
    private final int recordBits;
    private final Object[] root = new Object[2];

    /**
     * An empty one.
     *
     * @param ipVersion 4, or 6, in which IPv4 stands at `::/96`
     * @param recordBits 24, 28 or 32
     */
    public MmdbFile(int ipVersion, int recordBits) {
        this.ipVersion = ipVersion;
        this.recordBits = recordBits;
    }

    /** Sets what is known of a network; of two networks, one in the other, the larger one is put first. */
    public MmdbFile put(String cidr, Map<String, ?> data) {
        int slash = cidr.indexOf('/');
        return put(bytes(cidr.substring(0, slash)), Integer.parseInt(cidr.substring(slash + 1)), data);
    }

    public MmdbFile put(byte[] address, int prefix, Map<String, ?> data) {
        attach(address, prefix, data);
        return this;
    }

    /** Lets another network lead to the nodes of IPv4, as `2002::/16` and `::ffff:0:0/96` do in MaxMind's own files. */
    public MmdbFile aliasIpv4(byte[] address, int prefix) {
        Object ipv4 = root;
        for (int i = 0; i < 96; i++) {
            ipv4 = ((Object[]) ipv4)[0];
        }
        attach(address, prefix, ipv4);
        return this;
    }

    private void attach(byte[] address, int prefix, Object what) {
        int offset = ipVersion == 6 && address.length == 4 ? 96 : 0;
        Object[] node = root;
        for (int i = 0; i < offset + prefix - 1; i++) {
            node = below(node, bit(address, i - offset));
        }
        node[bit(address, prefix - 1)] = what;
    }

    private static Object[] below(Object[] node, int side) {
        if (!(node[side] instanceof Object[])) {
            node[side] = new Object[] {node[side], node[side]};
        }
        return (Object[]) node[side];
    }

    private static int bit(byte[] address, int i) {
        return i < 0 ? 0 : address[i / 8] >> 7 - i % 8 & 1;
    }

    private static byte[] bytes(String address) {
        try {
            return InetAddress.getByName(address).getAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path write(Path file) {
        try {
            return Files.write(file, toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public byte[] toBytes() {
        var numbers = new IdentityHashMap<Object, Integer>();
        var nodes = new ArrayList<Object[]>();
        collect(root, numbers, nodes);
        var data = new Data();
        var offsets = new HashMap<Object, Integer>();
        var out = new ByteArrayOutputStream();
        for (Object[] node : nodes) {
            out.writeBytes(node(record(node[0], nodes.size(), numbers, data, offsets),
                    record(node[1], nodes.size(), numbers, data, offsets)));
        }
        out.writeBytes(new byte[SEPARATOR]);
        out.writeBytes(data.out.toByteArray());
        out.writeBytes("\u00ab\u00cd\u00efMaxMind.com".getBytes(ISO_8859_1));
        var metadata = new Data();
        metadata.write(Map.of("binary_format_major_version", 2, "binary_format_minor_version", 0, "build_epoch",
                1_700_000_000L, "database_type", "Test", "ip_version", ipVersion, "languages", List.of(),
                "node_count", nodes.size(), "record_size", recordBits, "description", Map.of("en", "A test's")));
        out.writeBytes(metadata.out.toByteArray());
        return out.toByteArray();
    }

    private static void collect(Object[] node, Map<Object, Integer> numbers, List<Object[]> nodes) {
        if (numbers.putIfAbsent(node, nodes.size()) == null) {
            nodes.add(node);
            for (Object child : node) {
                if (child instanceof Object[] inner) {
                    collect(inner, numbers, nodes);
                }
            }
        }
    }

    private static int record(Object child, int nodes, Map<Object, Integer> numbers, Data data,
            Map<Object, Integer> offsets) {
        if (child == null) {
            return nodes;
        }
        return child instanceof Object[]
                ? numbers.get(child)
                : nodes + SEPARATOR + offsets.computeIfAbsent(child, data::write);
    }

    private byte[] node(int left, int right) {
        return switch (recordBits) {
            case 24 -> ByteBuffer.allocate(6).put(low3(left)).put(low3(right)).array();
            case 28 -> ByteBuffer.allocate(7).put(low3(left)).put((byte) (left >>> 24 << 4 | right >>> 24))
                    .put(low3(right)).array();
            default -> ByteBuffer.allocate(8).putInt(left).putInt(right).array();
        };
    }

    private static byte[] low3(int number) {
        return new byte[] {(byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
    }

    /** A data section; a map that comes again within others is a pointer to where it stood first. */
    private static final class Data {
        private static final int POINTER = 1;
        private static final int TEXT = 2;
        private static final int UINT32 = 6;
        private static final int MAP = 7;
        private static final int UINT64 = 9;
        private static final int ARRAY = 11;

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final Map<Object, Integer> maps = new HashMap<>();

        /** Returns where it stands. */
        int write(Object value) {
            int at = out.size();
            switch (value) {
                case Map<?, ?> map -> {
                    head(MAP, map.size());
                    new TreeMap<Object, Object>(map).forEach((key, inner) -> { // the same bytes in every run
                        write(key);
                        if (inner instanceof Map && maps.containsKey(inner)) {
                            out.write(POINTER << 5 | 3 << 3);
                            out.writeBytes(ByteBuffer.allocate(4).putInt(maps.get(inner)).array());
                        } else {
                            maps.put(inner, write(inner));
                        }
                    });
                }
                case String text -> {
                    head(TEXT, text.getBytes(UTF_8).length);
                    out.writeBytes(text.getBytes(UTF_8));
                }
                case Integer number -> {
                    head(UINT32, 4);
                    out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
                }
                case Long number -> {
                    head(UINT64, 8);
                    out.writeBytes(ByteBuffer.allocate(8).putLong(number).array());
                }
                case List<?> list -> {
                    head(ARRAY, list.size());
                    list.forEach(this::write);
                }
                default -> throw new IllegalArgumentException("not written here: " + value);
            }
            return at;
        }

        private void head(int type, int size) {
            int short5 = Math.min(size, 29);
            if (type > MAP) {
                out.write(short5);
                out.write(type - MAP);
            } else {
                out.write(type << 5 | short5);
            }
            if (short5 == 29) {
                out.write(size - 29);
            }
        }
    }
}
