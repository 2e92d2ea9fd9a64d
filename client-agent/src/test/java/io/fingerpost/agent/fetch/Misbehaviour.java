package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;

import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.ScriptedServer.Script;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.http.ByteRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Ways of a peer to let its clients down, at once or in the middle of the bytes that were asked for. */
enum Misbehaviour {
    ANSWERS_404 {
        @Override
        Script script(Content content) {
            return call -> call.answer(404, "not held".getBytes(StandardCharsets.UTF_8));
        }
    },
    ANSWERS_403 {
        @Override
        Script script(Content content) {
            return call -> call.answer(403, "no ticket".getBytes(StandardCharsets.UTF_8));
        }
    },
    ANSWERS_503 {
        @Override
        Script script(Content content) {
            return call -> call.answer(503, new byte[0], "Retry-After: 2");
        }
    },
    ANSWERS_416 {
        @Override
        Script script(Content content) {
            return call -> call.answer(416, new byte[0], "Content-Range: bytes */" + content.size());
        }
    },
    ANSWERS_204 {
        @Override
        Script script(Content content) {
            return call -> call.head(204, "ETag: " + content.etag());
        }
    },
    CLOSES_WITHOUT_AN_ANSWER {
        @Override
        Script script(Content content) {
            return call -> {};
        }
    },
    RESETS_WITHOUT_AN_ANSWER {
        @Override
        Script script(Content content) {
            return Call::reset;
        }
    },
    SPEAKS_NO_HTTP {
        @Override
        Script script(Content content) {
            return call -> call.send("SSH-2.0-OpenSSH_9.2\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        }
    },
    HAS_A_CONTENT_LENGTH_THAT_IS_NO_NUMBER {
        @Override
        Script script(Content content) {
            return call -> call.head(200, "Content-Length: many");
        }
    },
    HAS_A_NEGATIVE_CONTENT_LENGTH {
        @Override
        Script script(Content content) {
            return call -> call.head(200, "Content-Length: -1");
        }
    },
    SENDS_BAD_CHUNKS {
        @Override
        Script script(Content content) {
            return call -> {
                call.head(200, "Transfer-Encoding: chunked");
                call.send("zzz\r\nabc\r\n".getBytes(StandardCharsets.UTF_8));
            };
        }
    },
    TRUNCATES {
        @Override
        Script script(Content content) {
            return call -> half(call, content);
        }
    },
    RESETS_MIDWAY {
        @Override
        Script script(Content content) {
            return call -> {
                half(call, content);
                call.reset();
            };
        }
    },
    ENDS_EARLY_WITHOUT_A_LENGTH {
        @Override
        Script script(Content content) {
            return call -> {
                call.head(200, "ETag: " + content.etag());
                call.send(content.part(0, PIECE + 5));
            };
        }
    },
    ANNOUNCES_LESS {
        @Override
        Script script(Content content) {
            return call -> call.answer(200, content.part(0, content.size() - 2));
        }
    },
    ANNOUNCES_MORE {
        @Override
        Script script(Content content) {
            return call -> call.answer(200, Arrays.copyOf(content.bytes(), content.size() + 1));
        }
    },
    SENDS_ANOTHER_RANGE {
        @Override
        Script script(Content content) {
            return call -> call.answer(206, content.from(10),
                    "Content-Range: bytes 10-" + (content.size() - 1) + "/" + content.size());
        }
    },
    SENDS_A_RANGE_OF_ANOTHER_SIZE {
        @Override
        Script script(Content content) {
            return call -> call.answer(206, content.from(start(call)),
                    "Content-Range: bytes " + start(call) + "-" + (content.size() - 1) + "/" + (content.size() + 1));
        }
    },
    SENDS_A_PART_WITHOUT_SAYING_WHICH {
        @Override
        Script script(Content content) {
            return call -> call.answer(206, content.from(start(call)));
        }
    },
    COMPRESSES {
        @Override
        Script script(Content content) {
            return call -> call.answer(200, gzip(content.bytes()), "Content-Encoding: gzip");
        }
    },
    COMPRESSES_UNDER_THE_PLAIN_LENGTH {
        @Override
        Script script(Content content) {
            return call -> call.answer(200, content.bytes(), "Content-Encoding: gzip");
        }
    },
    SENDS_ANOTHER_FILE_OF_THE_SAME_SIZE {
        @Override
        Script script(Content content) {
            return Scripts.serving(content, bytes -> new byte[bytes.length]);
        }
    },
    FLIPS_THE_LAST_BIT {
        @Override
        Script script(Content content) {
            return Scripts.serving(content, _ -> content.withWrongBitAt(content.size() - 1));
        }
    },
    SWAPS_TWO_PIECES {
        @Override
        Script script(Content content) {
            return Scripts.serving(content, bytes -> {
                System.arraycopy(content.bytes(), 3 * PIECE, bytes, 4 * PIECE, PIECE);
                System.arraycopy(content.bytes(), 4 * PIECE, bytes, 3 * PIECE, PIECE);
                return bytes;
            });
        }
    };

    /** What the peer does, who should serve {@code content}. */
    abstract Script script(Content content);

    /** The first byte that was asked for. */
    private static int start(Call call) {
        return ByteRange.parse(call.field("Range").orElse(null)) instanceof ByteRange.FromTo(long first, long _)
                ? (int) first
                : 0;
    }

    /** A proper answer that breaks off in the middle. */
    private static void half(Call call, Content content) throws IOException {
        int start = start(call);
        String fields = "Content-Length: " + (content.size() - start) + "\r\nETag: " + content.etag();
        if (start > 0) {
            call.head(206, fields + "\r\nContent-Range: bytes " + start + "-" + (content.size() - 1) + "/"
                    + content.size());
        } else {
            call.head(200, fields);
        }
        call.send(content.part(start, (start + content.size()) / 2));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
