package dev.s3envelope.kms;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.Hkdf;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.ssec.SseCKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How an object's key follows from an HMAC key, version 1. Frozen: objects out there depend on it.
 *
 * <pre>
 * field(x)   = length of x in bytes, 4 bytes big-endian || x, text as UTF-8
 * number(n)  = n, 4 bytes big-endian
 *
 * message    = field("s3-envelope/sse-c/kms-mac/v1/bucket") || number(key version) || field(bucket)
 * bucket MAC = GenerateMac(HMAC_SHA_256, message)                                                      32 bytes, by KMS
 * info       = field("s3-envelope/sse-c/kms-mac/v1/object") || number(key version) || field(bucket) || field(object key)
 * object key = HKDF-SHA-256(input key = bucket MAC, salt = none, info, 32 bytes)                        RFC 5869, here
 * </pre>
 *
 * <p>Neither the KMS key's ARN nor a Region takes part, so that a replica of a multi-Region key gives the same keys.
 */
final class MacDerivation {
    /** The bytes of a MAC under HMAC_SHA_256. */
    static final int MAC_LENGTH = 32;

    private static final String BUCKET_LABEL = "s3-envelope/sse-c/kms-mac/v1/bucket";
    private static final String OBJECT_LABEL = "s3-envelope/sse-c/kms-mac/v1/object";

    private MacDerivation() {}

    /** What KMS computes the MAC of; at most 4,096 bytes, the limit of GenerateMac, since bucket names have at most 63. */
    static byte[] message(int version, String bucket) {
        return new Fields().field(BUCKET_LABEL).number(version).field(bucket).bytes();
    }

    static byte[] info(int version, String bucket, String objectKey) {
        return new Fields()
                .field(OBJECT_LABEL)
                .number(version)
                .field(bucket)
                .field(objectKey)
                .bytes();
    }

    /** The key of one object; the receiver destroys it. */
    static SseCKey objectKey(CryptoProvider crypto, SecretBytes mac, int version, ObjectAddress object) {
        try (Hkdf hkdf = Hkdf.extract(crypto, Hkdf.Hash.SHA_256, new byte[0], mac)) {
            byte[] key = hkdf.expand(info(version, object.bucket(), object.key()), SseCKey.LENGTH);
            try {
                return SseCKey.of(key);
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        }
    }

    /** Concatenates without ambiguity. */
    private static final class Fields {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Fields field(String text) {
            byte[] bytes = utf8(text);
            number(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        Fields number(int number) {
            out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
            return this;
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        /** Two texts that differ must not become the same bytes, as String.getBytes makes of unpaired surrogates. */
        private static byte[] utf8(String text) {
            if (!Text.isWellFormed(text)) {
                throw new IllegalEncryptionException(
                        "The name " + Text.quote(text)
                                + " has half of a surrogate pair and so no UTF-8 form; no SSE-C key can be derived for it. Correct the name.");
            }
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }
}
