package io.fingerpost.broker.metalink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.testing.FuzzTarget;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;

class MetalinkFuzzTest {
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[1]);
    private static final Representation FILE = new Representation(DIGEST, 10, new ReplayedHeaders(Map.of()),
            PieceHashes.of(List.of(DIGEST)));

    /** Whatever a file is called that a URL can name, the document is well-formed and names it. */
    @FuzzTarget
    void name(byte[] input) throws XMLStreamException {
        String name = new String(input, UTF_8).replaceAll("[^!-~]", "");

        var xml = XMLInputFactory.newDefaultFactory()
                .createXMLStreamReader(new StringReader(new Metalink(name, FILE, List.of("http://x/" + name)).xml()));

        var found = new ArrayList<String>();
        while (xml.hasNext()) {
            xml.next();
            if (xml.isStartElement() && xml.getLocalName().equals("file")) {
                found.add(xml.getAttributeValue(null, "name"));
            } else if (xml.isStartElement() && xml.getLocalName().equals("url")) {
                found.add(xml.getElementText());
            }
        }
        assertThat(found).containsExactly(name, "http://x/" + name);
    }
}
