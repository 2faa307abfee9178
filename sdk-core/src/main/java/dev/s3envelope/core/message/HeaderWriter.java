package dev.s3envelope.core.message;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.WrappedKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes version 2 headers. */
final class HeaderWriter {
    private static final int MAX_WRAPPED_KEYS = 65_535;

    private HeaderWriter() {}

    /** Returns the header body: all but the tag. */
    static byte[] body(EncryptionMaterials materials, byte[] messageId, int frameLength, byte[] commitment) {
        AlgorithmSuite suite = materials.request().suite();
        if (materials.wrappedKeys().size() > MAX_WRAPPED_KEYS) {
            throw new IllegalArgumentException("A message has at most " + MAX_WRAPPED_KEYS + " wrapped keys");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        out.write(2);
        putShort(out, suite.id());
        out.writeBytes(messageId);
        putField(out, materials.request().encryptionContext().serialize());
        putShort(out, materials.wrappedKeys().size());
        for (WrappedKey wrapped : materials.wrappedKeys()) {
            putField(out, wrapped.providerId().getBytes(StandardCharsets.UTF_8));
            putField(out, wrapped.providerInfo());
            putField(out, wrapped.ciphertext());
        }
        out.write(ContentType.FRAMED.code());
        putShort(out, frameLength >>> 16);
        putShort(out, frameLength);
        out.writeBytes(commitment);
        return out.toByteArray();
    }

    /** Returns the whole header. */
    static MessageHeader withTag(EncryptionMaterials materials, int frameLength, byte[] body, byte[] tag) {
        byte[] encoded = Arrays.copyOf(body, body.length + tag.length);
        System.arraycopy(tag, 0, encoded, body.length, tag.length);
        EncryptionContext context = materials.request().encryptionContext();
        return new MessageHeader(
                materials.request().suite(),
                context,
                materials.wrappedKeys(),
                ContentType.FRAMED,
                frameLength,
                encoded);
    }

    private static void putField(ByteArrayOutputStream out, byte[] field) {
        putShort(out, field.length);
        out.writeBytes(field);
    }

    private static void putShort(ByteArrayOutputStream out, int value) {
        out.write(value >>> 8);
        out.write(value);
    }
}
