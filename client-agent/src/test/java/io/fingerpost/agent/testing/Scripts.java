package io.fingerpost.agent.testing;

import io.fingerpost.agent.testing.ScriptedServer.Script;
import io.fingerpost.contract.http.ByteRange;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Answers that behave. */
public final class Scripts {
    private Scripts() {}

    /** Serves {@code content} as RFC 9110 has it: ranges, `If-Range` and `If-None-Match`. */
    public static Script serving(Content content, String... moreFields) {
        return call -> serve(call, content, moreFields);
    }

    /** The same without any support for ranges. */
    public static Script servingOnlyWhole(Content content, String... moreFields) {
        return call -> call.answer(200, content.bytes(), fields(content, moreFields));
    }

    /** Answers as a server whose bytes are not those of {@code content}, but as many. */
    public static Script serving(Content content, UnaryOperator<byte[]> falsify) {
        return serving(new Content(falsify.apply(content.bytes().clone()), content.representation()));
    }

    private static void serve(Call call, Content content, String... moreFields) throws IOException {
        String[] fields = fields(content, moreFields);
        if (call.field("If-None-Match").filter(content.etag()::equals).isPresent()) {
            call.head(304, String.join("\r\n", fields));
            return;
        }
        boolean stands = call.field("If-Range").filter(etag -> !etag.equals(content.etag())).isEmpty();
        var range = ByteRange.parse(stands ? call.field("Range").orElse(null) : null);
        if (range instanceof ByteRange.Whole || range instanceof ByteRange.Multiple) {
            call.answer(200, content.bytes(), fields);
            return;
        }
        var span = range.resolve(content.size());
        if (span == null) {
            call.answer(416, new byte[0], "Content-Range: bytes */" + content.size());
            return;
        }
        call.answer(206, content.part((int) span.first(), (int) span.last()),
                fields(content, more(moreFields, "Content-Range: " + span.contentRange(content.size()))));
    }

    private static String[] fields(Content content, String... more) {
        var lines = content.representation().headers().fields().entrySet().stream()
                .map(field -> field.getKey() + ": " + field.getValue());
        return Stream.concat(lines, Arrays.stream(more)).toArray(String[]::new);
    }

    private static String[] more(String[] lines, String line) {
        var all = Arrays.copyOf(lines, lines.length + 1);
        all[lines.length] = line;
        return all;
    }
}
