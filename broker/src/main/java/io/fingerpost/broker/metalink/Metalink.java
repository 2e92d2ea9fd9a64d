package io.fingerpost.broker.metalink;

import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.io.StringWriter;
import java.util.HexFormat;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * One file and where it can be had (RFC 5854). Exactly one: some readers take several for one.
 *
 * @param name what the file is called, without any path
 * @param urls best first; priorities are given in this order, for readers differ about what none means
 */
public record Metalink(String name, Representation representation, List<String> urls) {
    public static final String MEDIA_TYPE = "application/metalink4+xml";
    private static final String NAMESPACE = "urn:ietf:params:xml:ns:metalink";
    private static final String ALGORITHM = "sha-256";
    /**
     * Beyond 64 GiB, which is so many pieces of 16 MiB, only the whole is told. Anybody may ask for a Metalink, and the text for
     * 1 TiB would be 5 MB, written anew for each who asks with a few bytes.
     */
    private static final int MAX_PIECES = 4_096;

    public Metalink {
        urls = List.copyOf(urls);
    }

    /** The document. */
    public String xml() {
        var text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("metalink");
            xml.writeDefaultNamespace(NAMESPACE);
            xml.writeStartElement("file");
            xml.writeAttribute("name", name);
            writeFile(xml);
            xml.writeEndElement();
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string takes any text", e);
        }
        return text.append('\n').toString();
    }

    private void writeFile(XMLStreamWriter xml) throws XMLStreamException {
        writeElement(xml, "size", Long.toString(representation.size()));
        xml.writeStartElement("hash");
        xml.writeAttribute("type", ALGORITHM);
        xml.writeCharacters(hex(representation.digest()));
        xml.writeEndElement();
        if (representation.hasPieces() && representation.pieces().count() <= MAX_PIECES) {
            writePieces(xml, representation.pieces());
        }
        for (int i = 0; i < urls.size(); i++) {
            xml.writeStartElement("url");
            xml.writeAttribute("priority", Integer.toString(i + 1));
            xml.writeCharacters(urls.get(i));
            xml.writeEndElement();
        }
    }

    private void writePieces(XMLStreamWriter xml, PieceHashes pieces) throws XMLStreamException {
        xml.writeStartElement("pieces");
        xml.writeAttribute("length", Integer.toString(representation.layout().pieceSize()));
        xml.writeAttribute("type", ALGORITHM);
        for (int i = 0; i < pieces.count(); i++) {
            writeElement(xml, "hash", hex(pieces.get(i)));
        }
        xml.writeEndElement();
    }

    private static void writeElement(XMLStreamWriter xml, String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(text);
        xml.writeEndElement();
    }

    private static String hex(Sha256 digest) {
        return HexFormat.of().formatHex(digest.bytes());
    }
}
