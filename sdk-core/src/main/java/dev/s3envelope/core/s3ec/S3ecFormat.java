package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IntegrityException;
import java.util.Map;
import java.util.Set;

/**
 * Which S3 Encryption Client format an object's user metadata announces. Metadata is not authenticated: {@link #NONE} means that nothing
 * says the object is encrypted, not that it is not. A caller that expects encrypted objects must refuse {@code NONE}.
 *
 * <p>V1 and V2 objects whose metadata went to an instruction file have none of their own, so they are {@code NONE} too; only a look at
 * {@code <key>.instruction} tells.
 */
public enum S3ecFormat {
    /** No entry of any S3 Encryption Client format. */
    NONE,
    /** {@code x-amz-key}: AES-CBC or unauthenticated; legacy. */
    V1,
    /** {@code x-amz-key-v2} with AES-GCM content and a wrapping of {@link S3ecWrapping}; {@link S3ecMetadata#parse} reads it. */
    V2,
    /** {@code x-amz-key-v2} with CBC content or an older wrapping; legacy. */
    V2_LEGACY,
    /** {@code x-amz-c} and the whole of its envelope; {@link S3ecMetadata#parse} reads it. */
    V3,
    /** {@code x-amz-c} with the wrapped key in an instruction file; legacy. */
    V3_INSTRUCTION_FILE,
    /** This object is itself an instruction file: wrapped keys of another object, no content. */
    INSTRUCTION_FILE;

    private static final Set<String> V3_CONTENT =
            Set.of(MetadataKeys.V3_CONTENT_ALGORITHM, MetadataKeys.V3_COMMITMENT, MetadataKeys.V3_MESSAGE_ID);
    private static final Set<String> V3_KEY = Set.of(MetadataKeys.V3_WRAPPED_KEY, MetadataKeys.V3_WRAPPING);
    private static final Set<String> V2_REQUIRED = Set.of(
            MetadataKeys.V2_WRAPPED_KEY, MetadataKeys.V2_WRAPPING, MetadataKeys.V2_CONTENT_ALGORITHM, MetadataKeys.IV);

    /** Whether only amazon-s3-encryption-client-java, behind the legacy option, reads such an object. */
    public boolean legacy() {
        return this == V1 || this == V2_LEGACY || this == V3_INSTRUCTION_FILE;
    }

    /**
     * Tells the format from an object's user metadata, without the {@code x-amz-meta-} prefix; the case of names does not matter.
     *
     * @throws IntegrityException if entries of two formats are mixed, an entry is there twice, or some entries of a format are missing
     */
    public static S3ecFormat of(Map<String, String> userMetadata) {
        return ofNormalized(MetadataKeys.normalize(userMetadata));
    }

    static S3ecFormat ofNormalized(Map<String, String> m) {
        boolean v1 = m.containsKey(MetadataKeys.V1_WRAPPED_KEY);
        boolean v2 = MetadataKeys.anyOf(MetadataKeys.V2_ONLY, m);
        boolean v3 = MetadataKeys.anyOf(MetadataKeys.V3_ONLY, m);
        boolean v1or2 = MetadataKeys.anyOf(MetadataKeys.V1_AND_V2, m);
        if ((v1 && v2) || (v3 && (v1 || v2 || v1or2))) {
            throw new IntegrityException("The object's metadata mixes entries of several S3 Encryption Client formats "
                    + MetadataKeys.present(m) + ". No client writes that; the metadata was changed.");
        }
        if (m.containsKey(MetadataKeys.INSTRUCTION_FILE)) {
            return INSTRUCTION_FILE;
        }
        if (v3) {
            boolean anyKey = MetadataKeys.anyOf(V3_KEY, m)
                    || m.containsKey(MetadataKeys.V3_CONTEXT)
                    || m.containsKey(MetadataKeys.V3_MATERIAL);
            require(m, "V3", V3_CONTENT);
            if (!anyKey) {
                return V3_INSTRUCTION_FILE;
            }
            require(m, "V3", V3_KEY);
            return V3;
        }
        if (v2) {
            require(m, "V2", V2_REQUIRED);
            boolean readable =
                    S3ecSuite.AES_256_GCM_NO_KDF.contentAlgorithm().equals(m.get(MetadataKeys.V2_CONTENT_ALGORITHM))
                            && MetadataKeys.v2Wrapping(m).isPresent();
            return readable ? V2 : V2_LEGACY;
        }
        if (v1) {
            require(m, "V1", Set.of(MetadataKeys.IV));
            return V1;
        }
        return NONE;
    }

    private static void require(Map<String, String> m, String format, Set<String> keys) {
        if (!m.keySet().containsAll(keys)) {
            throw new IntegrityException("The object's metadata has only some entries of the S3 Encryption Client's "
                    + format + " format " + MetadataKeys.present(m) + "; all of " + new java.util.TreeSet<>(keys)
                    + " are needed. They were lost or changed, for example by a copy with replaced metadata.");
        }
    }
}
