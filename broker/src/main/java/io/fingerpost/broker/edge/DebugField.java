package io.fingerpost.broker.edge;

import io.fingerpost.broker.explain.Explainer;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.FieldNames;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The field with the operator's token, whose answer is explained. */
public final class DebugField {
    private static final HttpString DEBUG = new HttpString(FieldNames.DEBUG);

    private final byte @Nullable [] tokenHash;
    private final Explainer explainer;

    /** @param token none for a broker that explains no answer */
    public DebugField(Optional<String> token, Explainer explainer) {
        this.tokenHash = token.map(DebugField::hash).orElse(null);
        this.explainer = explainer;
    }

    /**
     * Takes the field out of a request, so that nothing and nobody else sees it, even if it was sent more than once. With wrong
     * tokens only it stays, as any field that nobody knows; nothing tells the one from the other.
     *
     * @return null if the answer is not to be explained
     */
    @Nullable
    DebugAnswer take(HttpServerExchange exchange) {
        if (tokenHash == null) {
            return null;
        }
        HeaderValues given = exchange.getRequestHeaders().get(DEBUG);
        if (given == null || given.stream().noneMatch(line -> MessageDigest.isEqual(tokenHash, hash(line)))) {
            return null;
        }
        exchange.getRequestHeaders().remove(DEBUG);
        var answer = new DebugAnswer(explainer);
        exchange.addResponseCommitListener(answer::write);
        return answer;
    }

    private static byte[] hash(String token) {
        return Sha256.digestOf(token.getBytes(StandardCharsets.UTF_8)).bytes();
    }
}
