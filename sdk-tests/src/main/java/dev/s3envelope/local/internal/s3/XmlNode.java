package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An element of a request document: local name, text and children. No DTD, no entities but the five of XML, bounded size,
 * depth and number of elements.
 */
final class XmlNode {
    private static final int MAX_BYTES = 8 << 20;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_NODES = 200_000;

    private final String name;
    private final List<XmlNode> children = new ArrayList<>(4);
    private final StringBuilder text = new StringBuilder();

    private XmlNode(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    String text() {
        return text.toString();
    }

    List<XmlNode> children() {
        return children;
    }

    List<XmlNode> all(String childName) {
        return children.stream().filter(c -> c.name.equals(childName)).toList();
    }

    @Nullable
    XmlNode child(String childName) {
        for (XmlNode child : children) {
            if (child.name.equals(childName)) {
                return child;
            }
        }
        return null;
    }

    @Nullable
    String text(String childName) {
        XmlNode child = child(childName);
        return child == null ? null : child.text().strip();
    }

    /** The text of a child that the schema demands. */
    String required(String childName) {
        String value = text(childName);
        if (value == null) {
            throw malformed();
        }
        return value;
    }

    static AwsError malformed() {
        return new AwsError(
                400,
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema");
    }

    /** Reads a whole request body, verifying it on the way. */
    static byte[] bytes(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new AwsError(400, "MaxMessageLengthExceeded", "Your request was too big.");
        }
        return bytes;
    }

    /** Parses a document whose root must have this name. */
    static XmlNode parse(byte[] document, String root) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(document));
            XmlNode node = read(reader);
            if (!node.name.equals(root)) {
                throw malformed();
            }
            return node;
        } catch (XMLStreamException e) {
            throw malformed();
        }
    }

    private static XmlNode read(XMLStreamReader reader) throws XMLStreamException {
        List<XmlNode> open = new ArrayList<>();
        XmlNode root = null;
        int nodes = 0;
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    XmlNode node = new XmlNode(reader.getLocalName());
                    if (++nodes > MAX_NODES || open.size() >= MAX_DEPTH) {
                        throw malformed();
                    }
                    if (open.isEmpty()) {
                        root = node;
                    } else {
                        open.get(open.size() - 1).children.add(node);
                    }
                    open.add(node);
                }
                case XMLStreamConstants.END_ELEMENT -> open.remove(open.size() - 1);
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (!open.isEmpty()) {
                        open.get(open.size() - 1).text.append(reader.getText());
                    }
                }
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE -> throw malformed();
                default -> {
                    // comments, processing instructions and white space carry nothing
                }
            }
        }
        if (root == null) {
            throw malformed();
        }
        return root;
    }
}
