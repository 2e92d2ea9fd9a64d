package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.representation.ResourceId;

/**
 * What things are called in Redis. Whatever is changed together has the same part in braces, which is the part that a Cluster
 * chooses the node by (Redis Cluster specification, hash tags).
 *
 * <pre>
 * fp:p:{ID}      hash    a peer: how it was admitted, its state, the checksum of its holdings, who tends it; expires with its lease
 * fp:p:{ID}:h    hash    what it holds: digest → value as {@link HolderValue}
 * fp:d:{DIGEST}  hash    who holds a representation: peer → value; also the channel where its changes are told
 * fp:s:DAY:{NN}  hash    what was held against peers on a day, counted from 1970, in 16 parts; expires
 * fp:r:RULES:{…} string  what a resource is, under the rules by which that was learned; expires. fp:r:RULES is the channel of them
 * fp:processes   zset    which processes there are, by when they were last heard of
 * fp:secret      string  what tickets are made with
 * fp:news        channel what all processes have to know
 * </pre>
 */
final class Keys {
    static final String NEWS = "fp:news";
    static final byte[] PROCESSES = RedisLink.bytes("fp:processes");
    static final byte[] SECRET = RedisLink.bytes("fp:secret");
    static final String DIGEST = "fp:d:{";
    static final int STANDING_PARTS = 16;

    private Keys() {}

    static byte[] peer(PeerId id) {
        return RedisLink.bytes("fp:p:{" + id + "}");
    }

    static byte[] holdings(PeerId id) {
        return RedisLink.bytes("fp:p:{" + id + "}:h");
    }

    static String digest(Sha256 digest) {
        return DIGEST + digest.base64Url() + "}";
    }

    /** The digest whose channel it is. */
    static Sha256 digestOf(String channel) {
        return Sha256.parse(channel.substring(DIGEST.length(), channel.length() - 1));
    }

    /** Where what is learned under some rules is told. */
    static String resources(Sha256 rules) {
        return "fp:r:" + rules.base64Url();
    }

    static byte[] resource(Sha256 rules, ResourceId resource) {
        return RedisLink.bytes(
                resources(rules) + ":{" + Sha256.digestOf(Codec.bytes(resource)).base64Url() + "}");
    }

    /** @param day since 1970 */
    static byte[] standings(long day, int part) {
        return RedisLink.bytes("fp:s:" + day + ":{" + part + "}");
    }

    /** Which part of the standings a peer's is in. */
    static int part(PeerId id) {
        return Math.floorMod(raw(id)[0], STANDING_PARTS);
    }

    /** A peer's id as the 32 bytes that it stands for. */
    static byte[] raw(PeerId id) {
        return Sha256.parse(id.value()).bytes();
    }

    static PeerId peerId(byte[] raw) {
        return new PeerId(Sha256.of(raw).base64Url());
    }
}
