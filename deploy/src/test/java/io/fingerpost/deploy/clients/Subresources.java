package io.fingerpost.deploy.clients;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;

/** One of each kind of what a page loads, all of which only {@code peer} holds. */
record Subresources(String name, ServingPeer peer, Resource script, Resource image, Resource data) {
    static final int SIZE = 100_000;
    /** Width and height of the image. */
    static final String IMAGE = "200x160";

    static Subresources at(ClientSite site, ServingPeer peer, String name) throws IOException, InterruptedException {
        var all = new Subresources(name, peer, site.shareable("/" + name + ".js", scriptOf(name), "text/javascript"),
                site.shareable("/" + name + ".bmp", imageOf(name.hashCode()), "image/bmp"),
                site.file(name + ".bin", SIZE));
        for (Resource resource : all.resources()) {
            peer.hold(resource);
        }
        return all;
    }

    /** Says that it ran; whatever a corrupt peer changes is in the comment, so only the integrity tells. */
    private static byte[] scriptOf(String name) {
        return ("ran['" + name + "'] = true; //" + "x".repeat(SIZE)).getBytes(StandardCharsets.US_ASCII);
    }

    /** All of one colour: each byte that a corrupt peer changes is one pixel that differs, and the image remains readable. */
    private static byte[] imageOf(int colour) throws IOException {
        var image = new BufferedImage(200, 160, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 200 * 160; i++) {
            image.setRGB(i % 200, i / 200, colour);
        }
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "bmp", out);
        return out.toByteArray();
    }

    List<Resource> resources() {
        return List.of(script, image, data);
    }

    /** What a page says to load all of it, and to report how that ended. */
    String html() {
        return """
                <script src="%2$s" integrity="sha256-%3$s" crossorigin="anonymous"
                  onload="report('%1$s.js', 'loaded, ran: ' + ('%1$s' in ran))"
                  onerror="report('%1$s.js', 'refused, ran: ' + ('%1$s' in ran))"></script>
                <img src="%4$s" crossorigin="anonymous"
                  onload="report('%1$s.bmp', describe(this))" onerror="report('%1$s.bmp', 'refused')">
                <script>
                  fetch("%5$s", {integrity: "sha256-%6$s"})
                    .then(answer => answer.arrayBuffer().then(got => got.byteLength + ' bytes from ' + new URL(answer.url).origin))
                    .catch(() => 'refused').then(text => report('%1$s.bin', text));
                </script>
                """
                .formatted(name, script.path(), script.digest().base64(), image.path(), data.path(),
                        data.digest().base64());
    }

    /** How often the peer was asked for each. */
    List<Integer> timesAsked() {
        return resources().stream().map(peer::timesAsked).toList();
    }
}
