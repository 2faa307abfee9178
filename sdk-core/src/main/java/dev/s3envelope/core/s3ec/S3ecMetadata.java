package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Envelopes to user metadata and back. Names are without the {@code x-amz-meta-} prefix, as {@code PutObjectRequest.metadata()} and
 * {@code GetObjectResponse.metadata()} have them. Stateless.
 *
 * <p>Parsing is strict: entries of two formats, missing entries, base64 that is not canonical, wrong lengths, unknown algorithms
 * and JSON that is not one flat object of strings are refused with {@link IntegrityException}, which names the entry but not its value. What no S3
 * Encryption Client wrote is not guessed at. Source: {@code s3-encryption/data-format/content-metadata.md}.
 */
public final class S3ecMetadata {
    private static final int MAX_VALUE_LENGTH = 16 * 1024;
    private static final int BLOCK = 16;
    private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,17}");

    private S3ecMetadata() {}

    /**
     * Reads the envelope from an object's user metadata; unrelated entries are ignored.
     *
     * @throws OperationRefusedException if {@link S3ecFormat#of} says anything but {@code V2} or {@code V3}
     * @throws IntegrityException if the entries are not what an S3 Encryption Client writes
     */
    public static S3ecEnvelope parse(Map<String, String> userMetadata) {
        Map<String, String> m = MetadataKeys.normalize(userMetadata);
        S3ecFormat format = S3ecFormat.ofNormalized(m);
        try {
            return switch (format) {
                case V3 -> v3(m);
                case V2 -> v2(m);
                case NONE ->
                    throw new OperationRefusedException(
                            "The object has no metadata of the S3 Encryption Client. It is another client's, unencrypted, or has its metadata in an instruction file.");
                case INSTRUCTION_FILE ->
                    throw new OperationRefusedException(
                            "The object is an instruction file of the S3 Encryption Client: it holds another object's wrapped key and has no content to decrypt.");
                case V1, V2_LEGACY, V3_INSTRUCTION_FILE ->
                    throw new OperationRefusedException("The object is in a legacy form (" + format
                            + ") of the S3 Encryption Client, read only with legacy reads switched on.");
            };
        } catch (IllegalArgumentException e) {
            throw new IntegrityException(
                    "The object's S3 Encryption Client metadata is malformed: " + e.getMessage(), e);
        }
    }

    /** The entries to store with the object: what S3 Encryption Client 4 writes for V3, and 3 for V2. All of it is US-ASCII. */
    public static Map<String, String> toMetadata(S3ecEnvelope envelope) {
        Map<String, String> m = new LinkedHashMap<>();
        Base64.Encoder base64 = Base64.getEncoder();
        if (envelope instanceof S3ecEnvelope.V3 v3) {
            m.put(MetadataKeys.V3_CONTENT_ALGORITHM, v3.suite().contentAlgorithm());
            m.put(MetadataKeys.V3_WRAPPING, v3.wrapping().v3Name());
            m.put(MetadataKeys.V3_WRAPPED_KEY, base64.encodeToString(v3.wrappedKey()));
            m.put(MetadataKeys.V3_MESSAGE_ID, base64.encodeToString(v3.messageId()));
            m.put(MetadataKeys.V3_COMMITMENT, base64.encodeToString(v3.commitment()));
            if (!v3.description().isEmpty()) {
                m.put(descriptionKey(v3.wrapping()), StringMapJson.write(v3.description()));
            }
        } else if (envelope instanceof S3ecEnvelope.V2 v2) {
            m.put(MetadataKeys.V2_WRAPPED_KEY, base64.encodeToString(v2.wrappedKey()));
            m.put(MetadataKeys.V2_WRAPPING, v2.wrapping().v2Name());
            m.put(MetadataKeys.V2_CONTENT_ALGORITHM, v2.suite().contentAlgorithm());
            m.put(MetadataKeys.V2_TAG_BITS, Integer.toString(S3ecSuite.TAG_LENGTH * 8));
            m.put(MetadataKeys.IV, base64.encodeToString(v2.iv()));
            m.put(MetadataKeys.DESCRIPTION, StringMapJson.write(v2.description()));
        }
        return Collections.unmodifiableMap(m);
    }

    /**
     * The length of the plaintext of a {@linkplain S3ecFormat#legacy() legacy} object, as far as it can be said without reading it: from the object's length where the
     * content is AES-GCM, else from the entry that older clients wrote beside it. Empty where there is none.
     *
     * @param storedLength bytes of the object
     * @throws IntegrityException if that entry does not fit the object's length
     */
    public static OptionalLong legacyPlaintextLength(Map<String, String> userMetadata, long storedLength) {
        Map<String, String> m = MetadataKeys.normalize(userMetadata);
        boolean gcm = m.containsKey(MetadataKeys.V3_CONTENT_ALGORITHM)
                || S3ecSuite.AES_256_GCM_NO_KDF.contentAlgorithm().equals(m.get(MetadataKeys.V2_CONTENT_ALGORITHM));
        if (gcm) {
            return OptionalLong.of(S3ecSuite.AES_256_GCM_NO_KDF.plaintextLength(storedLength));
        }
        String text = value(m, MetadataKeys.PLAINTEXT_LENGTH);
        if (text == null) {
            return OptionalLong.empty();
        }
        // AES-CBC pads to whole blocks, with at least one byte.
        if (!LENGTH.matcher(text).matches() || (Long.parseLong(text) / BLOCK + 1) * BLOCK != storedLength) {
            throw malformed(MetadataKeys.PLAINTEXT_LENGTH, "does not fit the object's " + storedLength + " bytes");
        }
        return OptionalLong.of(Long.parseLong(text));
    }

    /** Whether an entry belongs to an S3 Encryption Client, so that a caller's own metadata must not use its name. */
    public static boolean isReserved(String metadataName) {
        return MetadataKeys.ALL.contains(metadataName.toLowerCase(Locale.ROOT));
    }

    /** The caller's own entries: everything but the envelope. */
    public static Map<String, String> withoutEnvelope(Map<String, String> userMetadata) {
        Map<String, String> own = new LinkedHashMap<>(userMetadata);
        own.keySet().removeIf(S3ecMetadata::isReserved);
        return Collections.unmodifiableMap(own);
    }

    private static S3ecEnvelope v3(Map<String, String> m) {
        if (!S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                .contentAlgorithm()
                .equals(m.get(MetadataKeys.V3_CONTENT_ALGORITHM))) {
            throw malformed(MetadataKeys.V3_CONTENT_ALGORITHM, "names no known algorithm suite");
        }
        S3ecWrapping wrapping = MetadataKeys.v3Wrapping(m)
                .orElseThrow(() -> malformed(MetadataKeys.V3_WRAPPING, "names no known wrapping"));
        String other = wrapping == S3ecWrapping.KMS_CONTEXT ? MetadataKeys.V3_MATERIAL : MetadataKeys.V3_CONTEXT;
        if (m.containsKey(other)) {
            throw malformed(other, "does not belong to the wrapping " + wrapping.v2Name());
        }
        return new S3ecEnvelope.V3(
                wrapping,
                base64(m, MetadataKeys.V3_WRAPPED_KEY),
                base64(m, MetadataKeys.V3_MESSAGE_ID),
                base64(m, MetadataKeys.V3_COMMITMENT),
                description(m, descriptionKey(wrapping)));
    }

    private static S3ecEnvelope v2(Map<String, String> m) {
        if (!Integer.toString(S3ecSuite.TAG_LENGTH * 8).equals(m.get(MetadataKeys.V2_TAG_BITS))) {
            throw malformed(MetadataKeys.V2_TAG_BITS, "must be 128");
        }
        S3ecWrapping wrapping = MetadataKeys.v2Wrapping(m).orElseThrow(); // else it would not be V2
        return new S3ecEnvelope.V2(
                wrapping,
                base64(m, MetadataKeys.V2_WRAPPED_KEY),
                base64(m, MetadataKeys.IV),
                description(m, MetadataKeys.DESCRIPTION));
    }

    private static String descriptionKey(S3ecWrapping wrapping) {
        return wrapping == S3ecWrapping.KMS_CONTEXT ? MetadataKeys.V3_CONTEXT : MetadataKeys.V3_MATERIAL;
    }

    private static byte[] base64(Map<String, String> m, String key) {
        String text = value(m, key);
        if (text == null) {
            throw malformed(key, "is missing");
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed(key, "is not base64");
        }
        // The decoder forgives missing padding and stray low bits; two spellings of one value would be two objects to a
        // cache.
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw malformed(key, "is not canonical base64");
        }
        return bytes;
    }

    private static Map<String, String> description(Map<String, String> m, String key) {
        String text = value(m, key);
        if (text == null) {
            return Map.of();
        }
        try {
            return StringMapJson.parse(S3MetadataText.decode(text));
        } catch (IllegalArgumentException e) {
            throw malformed(key, e.getMessage());
        }
    }

    private static @Nullable String value(Map<String, String> m, String key) {
        String text = m.get(key);
        if (text != null && text.length() > MAX_VALUE_LENGTH) {
            throw malformed(key, "is longer than " + MAX_VALUE_LENGTH + " characters");
        }
        return text;
    }

    private static IntegrityException malformed(String key, @Nullable String why) {
        return new IntegrityException("The object's metadata entry " + key + " " + why
                + ". The S3 Encryption Client does not write that; the metadata was changed.");
    }
}
