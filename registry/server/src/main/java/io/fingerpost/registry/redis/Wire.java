package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages between the processes that share a Redis. Each bears its sender, who takes no notice of it. */
final class Wire {
    private static final Logger LOG = LoggerFactory.getLogger(Wire.class);

    private final long self = new SecureRandom().nextLong();

    /** What comes in from others. Neither may wait. */
    interface Listener {
        void hear(News news);

        /** @param value what the peer holds of it now */
        void hear(Sha256 digest, PeerId holder, HolderValue value);
    }

    /** This process's own name, for as long as it runs. */
    String self() {
        return Long.toHexString(self);
    }

    CompletionStage<Long> tell(RedisLink link, News news) {
        return tell(link, Keys.NEWS, news);
    }

    CompletionStage<Long> tell(RedisLink link, String channel, News news) {
        byte[] told = news.bytes();
        return link.commands().publish(RedisLink.bytes(channel),
                ByteBuffer.allocate(Long.BYTES + told.length).putLong(self).put(told).array());
    }

    /** @param digestKey which is the channel, too */
    void tell(Batch batch, byte[] digestKey, byte[] rawHolder, byte[] value) {
        batch.publish(digestKey, ByteBuffer.allocate(Long.BYTES + Sha256.LENGTH + value.length).putLong(self)
                .put(rawHolder).put(value).array());
    }

    /** Hands on what others told; whatever is no message of ours is dropped. */
    void receive(String channel, byte[] message, Listener listener) {
        var in = ByteBuffer.wrap(message);
        if (in.remaining() <= Long.BYTES || in.getLong() == self) {
            return;
        }
        try {
            if (!channel.startsWith(Keys.DIGEST)) {
                listener.hear(News.parse(in));
            } else if (in.remaining() >= Sha256.LENGTH) {
                var holder = new PeerId(Sha256.read(in).base64Url());
                var value = new byte[in.remaining()];
                in.get(value);
                listener.hear(Keys.digestOf(channel), holder, HolderValue.parse(value));
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("a message that is none of ours: {}", e.getMessage());
        }
    }
}
