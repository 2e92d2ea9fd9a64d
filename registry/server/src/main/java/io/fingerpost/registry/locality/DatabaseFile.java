package io.fingerpost.registry.locality;

import com.maxmind.db.CHMCache;
import com.maxmind.db.DatabaseRecord;
import com.maxmind.db.InvalidNetworkException;
import com.maxmind.db.Network;
import com.maxmind.db.Reader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.function.ToIntFunction;

/** A file in MaxMind's format (MaxMind DB 2.0), read once from one end to the other. */
final class DatabaseFile {
    private static final int MAX_BYTES = 256 << 20;
    /** Enough for every network that anybody announces, ten times over. */
    private static final int MAX_NETWORKS = 20_000_000;

    private final RangeList ipv4 = new RangeList(MAX_NETWORKS);
    private final RangeList ipv6 = new RangeList(MAX_NETWORKS);
    /** Networks of which the field is known. */
    private int known;

    private DatabaseFile() {}

    /**
     * What is read of each network.
     *
     * @param type what the reader makes of what stands there
     * @param value 0 for nothing
     * @param name for error messages
     */
    record Field<T>(Class<T> type, ToIntFunction<T> value, String name) {}

    /** @throws UnusableDatabase saying why: there is none, it is none, it is damaged, or nothing in it has the field */
    static AddressRanges read(Path path, Field<?> field) throws UnusableDatabase {
        byte[] bytes = bytes(path);
        try (Reader reader = open(bytes)) {
            SearchTree.requireWalkable(bytes, reader.getMetadata());
            var file = new DatabaseFile();
            file.add(reader, field);
            if (file.known == 0) {
                throw new UnusableDatabase("no network in it has '" + field.name + "'");
            }
            return new AddressRanges(new Ranges(file.ipv4), new Ranges(file.ipv6));
        } catch (IOException | InvalidNetworkException | RuntimeException | StackOverflowError e) {
            // Where the data are damaged, the reader fails in any of these ways.
            throw new UnusableDatabase("it is damaged: " + firstLine(e));
        }
    }

    private static byte[] bytes(Path path) throws UnusableDatabase {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new UnusableDatabase("it is longer than " + MAX_BYTES + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new UnusableDatabase("there is no such file");
        } catch (IOException e) {
            throw new UnusableDatabase("it cannot be read: " + firstLine(e));
        }
    }

    private static Reader open(byte[] bytes) throws UnusableDatabase {
        try {
            return new Reader(new ByteArrayInputStream(bytes), new CHMCache());
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw new UnusableDatabase("it is no MaxMind database, or only a part of one");
        }
    }

    private <T> void add(Reader reader, Field<T> field) throws IOException, InvalidNetworkException {
        Iterator<DatabaseRecord<T>> networks = reader.networks(field.type);
        for (int i = 0; networks.hasNext(); i++) {
            if (i == MAX_NETWORKS) {
                throw new IllegalArgumentException("it has more than " + MAX_NETWORKS + " networks");
            }
            DatabaseRecord<T> next = networks.next();
            int value = field.value.applyAsInt(next.data());
            if (value != 0) {
                known++;
                add(next.network(), value);
            }
        }
    }

    private void add(Network network, int value) {
        byte[] first = network.ipAddress().getAddress();
        int prefix = network.prefixLength();
        if (!(network.ipAddress() instanceof Inet4Address)) {
            append(ipv6, AddressBits.ipv6Top(first), prefix, 64, value);
        } else if (prefix >= 0) {
            append(ipv4, (long) AddressBits.ipv4(first, 0) << 32, prefix, 32, value);
        } else { // an IPv6 network that begins with `::` and is larger than that of IPv4 in it
            append(ipv4, 0, 0, 32, value);
            append(ipv6, 0, prefix + 96, 64, value);
        }
    }

    /** What comes out of order is a second copy of IPv4, at `::ffff:0:0/96`: look-ups in such a file take the first. */
    private static void append(RangeList list, long first, int prefix, int longest, int value) {
        if (prefix <= longest && list.endsBefore(first)) {
            list.add(first, prefix, value);
        }
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse(e.getClass().getSimpleName());
    }
}
