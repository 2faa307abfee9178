package dev.s3envelope.local.internal.s3;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the XML of an answer; elements with a null value are left out. */
final class Xml {
    private static final String NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
    private final StringBuilder out = new StringBuilder(512);

    /** A document whose root is in the S3 namespace. */
    static byte[] document(String root, Consumer<Xml> content) {
        return document(root, " xmlns=\"" + NAMESPACE + "\"", content);
    }

    /** A document without a namespace, as errors are. */
    static byte[] plain(String root, Consumer<Xml> content) {
        return document(root, "", content);
    }

    /** A document that is one element with text. */
    static byte[] text(String root, String text) {
        return document(root, " xmlns=\"" + NAMESPACE + "\"", xml -> xml.escape(text));
    }

    private static byte[] document(String root, String attributes, Consumer<Xml> content) {
        Xml xml = new Xml();
        xml.out
                .append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<")
                .append(root)
                .append(attributes)
                .append('>');
        content.accept(xml);
        xml.out.append("</").append(root).append('>');
        return xml.out.toString().getBytes(StandardCharsets.UTF_8);
    }

    Xml add(String name, @Nullable Object value) {
        if (value != null) {
            out.append('<').append(name).append('>');
            escape(value.toString());
            out.append("</").append(name).append('>');
        }
        return this;
    }

    Xml group(String name, Consumer<Xml> content) {
        return group(name, "", content);
    }

    /** {@code attributes} starts with a space and is written as it is. */
    Xml group(String name, String attributes, Consumer<Xml> content) {
        out.append('<').append(name).append(attributes).append('>');
        content.accept(this);
        out.append("</").append(name).append('>');
        return this;
    }

    private void escape(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\r' -> out.append("&#13;");
                default -> {
                    if (c >= 0x20 || c == '\n' || c == '\t') {
                        out.append(c);
                    } else {
                        // Not a character of XML 1.0; S3 writes the reference all the same.
                        out.append("&#x").append(Integer.toHexString(c)).append(';');
                    }
                }
            }
        }
    }
}
