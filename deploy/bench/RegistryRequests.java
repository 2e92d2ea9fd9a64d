import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** What all the peers of a bench ask the registry, and the secrets of their leases. */
final class RegistryRequests {
    private final RedirectTable table;
    private final RedirectPeers peers;
    private final String[] secrets;
    private final JsonMapper json = WireJson.strict();

    RegistryRequests(RedirectTable table, RedirectPeers peers) {
        this.table = table;
        this.peers = peers;
        this.secrets = new String[table.peers()];
    }

    /** Registers all of them. */
    void register(ManyRequests requests) throws IOException {
        requests.send("peers", table.peers(),
                n -> post(ApiPaths.peers(), "application/json", "", ascii(peers.registration(n))), 201, Double.MAX_VALUE,
                (n, body) -> secrets[n] = json.readTree(body).get("secret").asString());
    }

    /** Lets all of them say what they hold. */
    void announce(ManyRequests requests) throws IOException {
        int most = (int) Math.ceilDiv(table.holdings(), table.peers()) + table.holders();
        int parts = Math.ceilDiv(most, HoldingsUpdate.MAX_ENTRIES);
        requests.send("announcements", table.peers() * parts, n -> announcement(n / parts, n % parts), 204,
                Double.MAX_VALUE, (_, _) -> {});
    }

    private byte[] announcement(int peer, int part) {
        var held = new ArrayList<Integer>();
        table.forEachHeldBy(peer, held::add);
        int from = Math.min(held.size(), part * HoldingsUpdate.MAX_ENTRIES);
        return hold(peer, held.subList(from, Math.min(held.size(), from + HoldingsUpdate.MAX_ENTRIES)));
    }

    byte[] hold(int peer, List<Integer> resources) {
        return update(peer, new HoldingsUpdate(resources.stream()
                .map(n -> Held.complete(RedirectTable.digest(n), RedirectTable.BODY_SIZE)).toList(), List.of()));
    }

    byte[] drop(int peer, List<Integer> resources) {
        return update(peer, new HoldingsUpdate(List.of(), resources.stream().map(RedirectTable::digest).toList()));
    }

    private byte[] update(int peer, HoldingsUpdate update) {
        return post(ApiPaths.peers() + "/" + peers.id(peer) + "/holdings", HoldingsUpdate.MEDIA_TYPE, bearer(peer),
                update.bytes());
    }

    /** A heartbeat of a peer that has announced all that the table says of it. */
    byte[] heartbeat(int peer) {
        long[] checksum = {0};
        table.forEachHeldBy(peer, n -> checksum[0] ^= HoldingsChecksum.ofComplete(RedirectTable.digest(n)));
        return post(ApiPaths.peers() + "/" + peers.id(peer) + "/heartbeat", "application/json", bearer(peer),
                json.writeValueAsBytes(new Heartbeat(UploadReport.IDLE, Optional.of(checksum[0]))));
    }

    private String bearer(int peer) {
        return "Authorization: Bearer " + secrets[peer] + "\r\n";
    }

    private static byte[] post(String path, String mediaType, String fields, byte[] body) {
        byte[] head = ascii("POST " + ApiPaths.EMBEDDED + path + " HTTP/1.1\r\nHost: bench\r\nContent-Type: " + mediaType
                + "\r\n" + fields + "Content-Length: " + body.length + "\r\n\r\n");
        var request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
