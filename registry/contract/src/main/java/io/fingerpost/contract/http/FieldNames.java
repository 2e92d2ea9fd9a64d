package io.fingerpost.contract.http;

/** Header fields that are ours, or that no HTTP library has a constant for. */
public final class FieldNames {
    /** Digest of the whole representation (RFC 9530). */
    public static final String REPR_DIGEST = "Repr-Digest";
    /** Digest of this message's content (RFC 9530). */
    public static final String CONTENT_DIGEST = "Content-Digest";
    /** A client that sends it checks what it gets (RFC 9530). */
    public static final String WANT_REPR_DIGEST = "Want-Repr-Digest";
    /** Legacy form of {@link #REPR_DIGEST} (RFC 3230), the one that Metalink clients read. */
    public static final String DIGEST = "Digest";
    /** Whether a client would like the digest of a part (RFC 9530 §4). */
    public static final String WANT_CONTENT_DIGEST = "Want-Content-Digest";
    /** Legacy form of {@link #WANT_REPR_DIGEST} (RFC 3230). */
    public static final String WANT_DIGEST = "Want-Digest";
    /** On our 302: the digest of what `Location` leads to, in the syntax of `Repr-Digest`. Ours, unregistered. */
    public static final String TARGET_REPR_DIGEST = "Target-Repr-Digest";
    /** On what the broker passes on from the origin: whether it may be shared, and if not why. Ours, unregistered. */
    public static final String LABEL = "Fingerpost-Label";
    /** On an agent's requests: its peer id, so that it is never sent to itself. Ours, unregistered. */
    public static final String PEER = "Fingerpost-Peer";

    /** On a request: the operator's token, for which the answer tells why it is what it is. Ours, unregistered. */
    public static final String DEBUG = "Fingerpost-Debug";
    /** On the answer: that, as JSON. Ours, unregistered. */
    public static final String EXPLAIN = "Fingerpost-Explain";

    private FieldNames() {}
}
