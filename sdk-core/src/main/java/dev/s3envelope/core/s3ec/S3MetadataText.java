package dev.s3envelope.core.s3ec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Undoes what S3 does to metadata that is not US-ASCII. S3 takes each byte of the header, UTF-8 as clients send it, for one ISO-8859-1
 * character, and answers with the result as RFC 2047 encoded words; the S3 Encryption Client's documents call it double encoding. So: decode the words, and if what
 * they hold is one character per byte and those bytes are UTF-8, that is the text.
 */
final class S3MetadataText {
    private static final Pattern ENCODED_WORD =
            Pattern.compile("=\\?(?i:utf-8)\\?([bBqQ])\\?([\\x21-\\x3e\\x40-\\x7e]*)\\?=");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("(?<=\\?=)[ \\t\\r\\n]+(?==\\?)");

    private S3MetadataText() {}

    /** @throws IllegalArgumentException if an encoded word is malformed */
    static String decode(String text) {
        return utf8BehindLatin1(text.contains("=?") ? words(text) : text);
    }

    private static String words(String text) {
        String source = BETWEEN_WORDS.matcher(text).replaceAll("");
        Matcher word = ENCODED_WORD.matcher(source);
        // Bytes, not characters: one character may be split over two words.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int plainFrom = 0;
        while (word.find()) {
            bytes.writeBytes(source.substring(plainFrom, word.start()).getBytes(StandardCharsets.UTF_8));
            String encoded = word.group(2);
            bytes.writeBytes(
                    word.group(1).equalsIgnoreCase("b")
                            ? Base64.getDecoder().decode(encoded)
                            : quotedPrintable(encoded));
            plainFrom = word.end();
        }
        bytes.writeBytes(source.substring(plainFrom).getBytes(StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static byte[] quotedPrintable(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '=') {
                bytes.write(c == '_' ? ' ' : c);
            } else if (i + 2 < text.length()) {
                bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                throw new IllegalArgumentException("has a malformed encoded word");
            }
        }
        return bytes.toByteArray();
    }

    private static String utf8BehindLatin1(String text) {
        if (text.chars().anyMatch(c -> c > 0xff)) {
            return text;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException e) {
            return text;
        }
    }
}
