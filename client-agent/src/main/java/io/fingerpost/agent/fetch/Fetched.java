package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import java.io.InputStream;
import java.net.http.HttpResponse;

/** How a resource can be had. */
public sealed interface Fetched {
    /** It is in the store, and the broker confirmed that it still is what the resource is. */
    record Held(Blob blob) implements Fetched {}

    /** It is on its way. The reader has to be closed. */
    record Running(Transfer transfer, Transfer.Reader reader) implements Fetched {}

    /** It is not for sharing, or not there, or does not fit: the broker's own answer. The body has to be closed. */
    record Passed(HttpResponse<InputStream> answer) implements Fetched {}
}
