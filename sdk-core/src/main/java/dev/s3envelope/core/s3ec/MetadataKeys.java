package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IntegrityException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Names of the metadata entries, as the SDK shows them: without the {@code x-amz-meta-} prefix. */
final class MetadataKeys {
    static final String V1_WRAPPED_KEY = "x-amz-key";

    static final String V2_WRAPPED_KEY = "x-amz-key-v2";
    static final String V2_WRAPPING = "x-amz-wrap-alg";
    static final String V2_CONTENT_ALGORITHM = "x-amz-cek-alg";
    static final String V2_TAG_BITS = "x-amz-tag-len";

    static final String IV = "x-amz-iv";
    static final String DESCRIPTION = "x-amz-matdesc";
    static final String PLAINTEXT_LENGTH = "x-amz-unencrypted-content-length";

    static final String V3_CONTENT_ALGORITHM = "x-amz-c";
    static final String V3_WRAPPING = "x-amz-w";
    static final String V3_WRAPPED_KEY = "x-amz-3";
    static final String V3_COMMITMENT = "x-amz-d";
    static final String V3_MESSAGE_ID = "x-amz-i";
    static final String V3_CONTEXT = "x-amz-t";
    static final String V3_MATERIAL = "x-amz-m";

    static final String INSTRUCTION_FILE = "x-amz-crypto-instr-file";

    static final Set<String> V2_ONLY = Set.of(V2_WRAPPED_KEY, V2_WRAPPING, V2_CONTENT_ALGORITHM, V2_TAG_BITS);
    static final Set<String> V1_AND_V2 = Set.of(IV, DESCRIPTION, PLAINTEXT_LENGTH);
    static final Set<String> V3_ONLY = Set.of(
            V3_CONTENT_ALGORITHM, V3_WRAPPING, V3_WRAPPED_KEY, V3_COMMITMENT, V3_MESSAGE_ID, V3_CONTEXT, V3_MATERIAL);
    static final SortedSet<String> ALL;

    static {
        TreeSet<String> all = new TreeSet<>(V3_ONLY);
        all.addAll(V2_ONLY);
        all.addAll(V1_AND_V2);
        all.add(V1_WRAPPED_KEY);
        all.add(INSTRUCTION_FILE);
        ALL = java.util.Collections.unmodifiableSortedSet(all);
    }

    private MetadataKeys() {}

    /** Only our entries, their names in lower case: S3 treats them so, and a second spelling must not hide behind the first. */
    static Map<String, String> normalize(Map<String, String> userMetadata) {
        Map<String, String> ours = new TreeMap<>();
        userMetadata.forEach((name, value) -> {
            String key = name.toLowerCase(Locale.ROOT);
            if (ALL.contains(key) && ours.put(key, value) != null) {
                throw new IntegrityException("The object's metadata has the entry " + key + " twice.");
            }
        });
        return ours;
    }

    static boolean anyOf(Set<String> keys, Map<String, String> metadata) {
        return keys.stream().anyMatch(metadata::containsKey);
    }

    /** The names found, for messages; values may be confidential. */
    static Set<String> present(Map<String, String> normalized) {
        return normalized.keySet();
    }

    static Optional<S3ecWrapping> v2Wrapping(Map<String, String> metadata) {
        for (S3ecWrapping wrapping : S3ecWrapping.values()) {
            if (wrapping.v2Name().equals(metadata.get(V2_WRAPPING))) {
                return Optional.of(wrapping);
            }
        }
        return Optional.empty();
    }

    static Optional<S3ecWrapping> v3Wrapping(Map<String, String> metadata) {
        for (S3ecWrapping wrapping : S3ecWrapping.values()) {
            if (wrapping.v3Name().equals(metadata.get(V3_WRAPPING))) {
                return Optional.of(wrapping);
            }
        }
        return Optional.empty();
    }
}
