package dev.s3envelope.core.s3ec;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * What an S3 Encryption Client object carries beside its ciphertext: how it is encrypted, its wrapped data key, and the value that makes its
 * key or nonce unique. Nothing in it is secret and nothing in it is authenticated until the data key is unwrapped and the tag verified.
 *
 * <p>Immutable; arrays are copied both ways.
 */
public sealed interface S3ecEnvelope {
    /** Bytes of a V3 message id, and of a V3 commitment. */
    int MESSAGE_ID_LENGTH = 28;

    /** Bytes of a V2 content IV. */
    int IV_LENGTH = 12;

    /** The most a wrapped key may have, in bytes: what KMS takes back. */
    int MAX_WRAPPED_KEY_LENGTH = 6144;

    /** How the content is encrypted. */
    S3ecSuite suite();

    /** How the data key is wrapped. */
    S3ecWrapping wrapping();

    /** The data key as the wrapping returned it. */
    byte[] wrappedKey();

    /**
     * Under {@link S3ecWrapping#KMS_CONTEXT} the KMS encryption context, exactly as KMS was given it; otherwise the material description, a hint which
     * key wrapped the data key.
     */
    Map<String, String> description();

    /**
     * A V3 object.
     *
     * @param wrapping how the data key is wrapped
     * @param wrappedKey the wrapped data key
     * @param messageId 28 bytes, random for each object; the salt of the key derivation
     * @param commitment 28 bytes derived from data key and message id
     * @param description KMS encryption context or material description
     */
    @SuppressWarnings("ArrayRecordComponent") // copied both ways and compared by content below
    record V3(
            S3ecWrapping wrapping,
            byte[] wrappedKey,
            byte[] messageId,
            byte[] commitment,
            Map<String, String> description)
            implements S3ecEnvelope {
        /** Checks lengths and copies. */
        public V3 {
            Objects.requireNonNull(wrapping, "wrapping");
            wrappedKey = checked("wrapped key", wrappedKey, 1, MAX_WRAPPED_KEY_LENGTH);
            messageId = unique("message id", checked("message id", messageId, MESSAGE_ID_LENGTH, MESSAGE_ID_LENGTH));
            commitment = checked("key commitment", commitment, MESSAGE_ID_LENGTH, MESSAGE_ID_LENGTH);
            description = Map.copyOf(description);
        }

        @Override
        public S3ecSuite suite() {
            return S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY;
        }

        @Override
        public byte[] wrappedKey() {
            return wrappedKey.clone();
        }

        @Override
        public byte[] messageId() {
            return messageId.clone();
        }

        @Override
        public byte[] commitment() {
            return commitment.clone();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof V3 that
                    && wrapping == that.wrapping
                    && Arrays.equals(wrappedKey, that.wrappedKey)
                    && Arrays.equals(messageId, that.messageId)
                    && Arrays.equals(commitment, that.commitment)
                    && description.equals(that.description);
        }

        @Override
        public int hashCode() {
            return Objects.hash(
                    wrapping,
                    Arrays.hashCode(wrappedKey),
                    Arrays.hashCode(messageId),
                    Arrays.hashCode(commitment),
                    description);
        }

        @Override
        public String toString() {
            return "S3EC V3 (" + wrapping.v2Name() + ", " + description.keySet() + ")";
        }
    }

    /**
     * A V2 object with AES-GCM content.
     *
     * @param wrapping how the data key is wrapped
     * @param wrappedKey the wrapped data key
     * @param iv 12 bytes, random for each object
     * @param description KMS encryption context or material description
     */
    @SuppressWarnings("ArrayRecordComponent") // as in V3
    record V2(S3ecWrapping wrapping, byte[] wrappedKey, byte[] iv, Map<String, String> description)
            implements S3ecEnvelope {
        /** Checks lengths and copies. */
        public V2 {
            Objects.requireNonNull(wrapping, "wrapping");
            wrappedKey = checked("wrapped key", wrappedKey, 1, MAX_WRAPPED_KEY_LENGTH);
            iv = unique("IV", checked("IV", iv, IV_LENGTH, IV_LENGTH));
            description = Map.copyOf(description);
        }

        @Override
        public S3ecSuite suite() {
            return S3ecSuite.AES_256_GCM_NO_KDF;
        }

        @Override
        public byte[] wrappedKey() {
            return wrappedKey.clone();
        }

        @Override
        public byte[] iv() {
            return iv.clone();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof V2 that
                    && wrapping == that.wrapping
                    && Arrays.equals(wrappedKey, that.wrappedKey)
                    && Arrays.equals(iv, that.iv)
                    && description.equals(that.description);
        }

        @Override
        public int hashCode() {
            return Objects.hash(wrapping, Arrays.hashCode(wrappedKey), Arrays.hashCode(iv), description);
        }

        @Override
        public String toString() {
            return "S3EC V2 (" + wrapping.v2Name() + ", " + description.keySet() + ")";
        }
    }

    private static byte[] checked(String what, byte[] value, int min, int max) {
        if (value.length < min || value.length > max) {
            throw new IllegalArgumentException(what + " of " + value.length + " bytes; must be "
                    + (min == max ? Integer.toString(min) : min + " to " + max));
        }
        return value.clone();
    }

    /** All zeros means that nobody drew it: the specification asks to refuse that. */
    private static byte[] unique(String what, byte[] value) {
        if (Arrays.equals(value, new byte[value.length])) {
            throw new IllegalArgumentException(what + " of zeros only");
        }
        return value;
    }
}
