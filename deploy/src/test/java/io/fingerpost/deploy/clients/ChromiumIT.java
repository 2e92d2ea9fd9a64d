package io.fingerpost.deploy.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.testing.RequiresTool;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A browser on a page that loads scripts, images and data through the edge: it checks what the page gives an integrity for, and
 * an image not at all, which is why a browser is sent to super-nodes only.
 */
@RequiresTool("chromium")
class ChromiumIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Bytes a second: more than a second for each resource. */
    private static final int SLOW = 80_000;
    /** Goes to the next page when all twelve have been reported. */
    private static final String HEAD = """
            <!DOCTYPE html><meta charset="utf-8"><title>Subresources</title>
            <script>
              const ran = {}, posts = [];
              function report(name, text) {
                posts.push(fetch('/reports/' + name, {method: 'POST', body: text}));
                if (posts.length == 12) {
                  Promise.all(posts).then(() => location = '/next.html');
                }
              }
              function describe(image) {
                const canvas = document.createElement('canvas');
                [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0);
                const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
                return canvas.width + 'x' + canvas.height + (pixels.every(one => one == pixels[0]) ? '' : ', wrong pixels');
              }
            </script>
            """;
    private static final String NEXT = "<!DOCTYPE html><title>Next</title><script>"
            + "fetch('/reports/next', {method: 'POST', body: location.origin})</script>"
            + "<!--" + "x".repeat(100_000) + "-->";

    @RegisterExtension
    private static final ClientSite SITE = new ClientSite();

    @Test
    void aBrowserRunsWhatIsIntactShowsWhateverComesAndNavigatesToTheEdgeOnly() throws Exception {
        var honest = Subresources.at(SITE, SITE.superNode(Conduct.HONEST), "honest");
        var corrupt = Subresources.at(SITE, SITE.superNode(Conduct.CORRUPT), "corrupt");
        var dead = Subresources.at(SITE, SITE.superNode(Conduct.HONEST), "dead");
        dead.peer().die();
        var slow = Subresources.at(SITE, SITE.slowSuperNode(SLOW), "slow");
        var next = SITE.shareable("/next.html", NEXT.getBytes(StandardCharsets.UTF_8), "text/html");
        honest.peer().hold(next);

        var reports = visit(List.of(honest, corrupt, dead, slow));

        assertLoaded(reports, honest);
        assertLoaded(reports, slow);
        assertThat(reports).containsEntry("corrupt.js", "refused, ran: false").containsEntry("corrupt.bin", "refused")
                .containsEntry("corrupt.bmp", Subresources.IMAGE + ", wrong pixels");
        assertThat(corrupt.timesAsked()).containsOnly(1);
        assertThat(reports).containsEntry("dead.js", "refused, ran: false").containsEntry("dead.bin", "refused")
                .containsEntry("dead.bmp", "refused");
        assertThat(List.of(honest, corrupt, dead, slow)).flatMap(Subresources::resources)
                .allSatisfy(resource -> assertThat(SITE.origin().timesAsked(resource)).isEqualTo(1)); // to be learned
        assertThat(reports).containsEntry("next", SITE.edge());
        assertThat(honest.peer().timesAsked(next)).isZero();
    }

    private static void assertLoaded(Map<String, String> reports, Subresources from) {
        assertThat(reports).containsEntry(from.name() + ".js", "loaded, ran: true")
                .containsEntry(from.name() + ".bmp", Subresources.IMAGE)
                .containsEntry(from.name() + ".bin", Subresources.SIZE + " bytes from " + from.peer().url());
        assertThat(from.timesAsked()).containsOnly(1);
    }

    /** What the page reports that loads {@code all}, and the next one that it leads to. */
    private static Map<String, String> visit(List<Subresources> all) throws Exception {
        var html = new StringBuilder(HEAD);
        all.forEach(each -> html.append(each.html()));
        var page = new Resource("/page.html", html.toString().getBytes(StandardCharsets.UTF_8),
                Map.of("Content-Type", "text/html", "Cache-Control", "no-store"));
        SITE.origin().put(page);
        var reports = SITE.origin().reports();
        try (var _ = new Chromium(SITE.path("chromium"), SITE.url(page))) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(reports).as("what the page reported").containsKey("next"));
        }
        return reports;
    }
}
