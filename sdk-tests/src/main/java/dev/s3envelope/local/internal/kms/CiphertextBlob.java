package dev.s3envelope.local.internal.kms;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Encrypt and GenerateDataKey give out. Layout, big-endian:
 *
 * <pre>
 *   offset  0   1 byte    format, 0x01
 *           1   1 byte    length n of the key ARN
 *           2   n bytes   key ARN, US-ASCII
 *         2+n  32 bytes   id of the key material
 *        34+n  rest       IV (12), AES-256-GCM ciphertext, tag (16)
 * </pre>
 *
 * The tag covers everything before the IV and the encryption context, each name and value with its length, sorted by name. For a
 * multi-Region key the covered ARN is without its Region, because any related key decrypts.
 */
final class CiphertextBlob {
    /** The largest blob that Decrypt takes (CiphertextBlob of the Decrypt API). */
    static final int LIMIT = 6144;

    private static final byte FORMAT = 1;
    private static final int MATERIAL_BYTES = 32;

    private final String keyArn;
    private final String materialId;
    private final byte[] sealed;

    private CiphertextBlob(String keyArn, String materialId, byte[] sealed) {
        this.keyArn = keyArn;
        this.materialId = materialId;
        this.sealed = sealed;
    }

    static CiphertextBlob of(String keyArn, String materialId, byte[] sealed) {
        return new CiphertextBlob(keyArn, materialId, sealed.clone());
    }

    /** Anything that is not of this layout is {@code InvalidCiphertextException}. */
    static CiphertextBlob parse(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (in.get() != FORMAT) {
                throw KmsErrors.invalidCiphertext();
            }
            byte[] arn = new byte[in.get() & 0xff];
            in.get(arn);
            byte[] material = new byte[MATERIAL_BYTES];
            in.get(material);
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            return new CiphertextBlob(
                    new String(arn, StandardCharsets.US_ASCII), HexFormat.of().formatHex(material), rest);
        } catch (BufferUnderflowException e) {
            throw KmsErrors.invalidCiphertext();
        }
    }

    String keyArn() {
        return keyArn;
    }

    String materialId() {
        return materialId;
    }

    byte[] sealed() {
        return sealed.clone();
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(2 + keyArn.length() + MATERIAL_BYTES + sealed.length);
        out.put(FORMAT).put((byte) keyArn.length()).put(keyArn.getBytes(StandardCharsets.US_ASCII));
        out.put(HexFormat.of().parseHex(materialId)).put(sealed);
        return out.array();
    }

    /** What the tag of a blob covers beside its plaintext. */
    static byte[] associatedData(KmsKey key, String materialId, Map<String, String> context) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(key.multiRegion() ? key.account() + "/" + key.id() : key.arn());
            out.writeUTF(materialId);
            for (Map.Entry<String, String> pair : new TreeMap<>(context).entrySet()) {
                field(out, pair.getKey());
                field(out, pair.getValue());
            }
        } catch (IOException cannotHappen) {
            throw new UncheckedIOException(cannotHappen);
        }
        return bytes.toByteArray();
    }

    private static void field(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }
}
