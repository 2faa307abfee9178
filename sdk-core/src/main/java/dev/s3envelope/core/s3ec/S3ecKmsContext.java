package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The KMS encryption context of a data key wrapped as {@link S3ecWrapping#KMS_CONTEXT}: the caller's pairs and {@value #ALGORITHM_KEY}, which
 * binds the wrapped key to its content suite. KMS authenticates the whole of it; it is stored with the object, because KMS wants the very same pairs
 * back.
 */
public final class S3ecKmsContext {
    /** The reserved key. */
    public static final String ALGORITHM_KEY = "aws:x-amz-cek-alg";

    private S3ecKmsContext() {}

    /**
     * The context to send with GenerateDataKey or Encrypt, and to store as the envelope's description.
     *
     * @param callers the caller's own pairs; may be empty
     * @throws IllegalEncryptionException if they use the reserved key
     */
    public static Map<String, String> forWrite(S3ecSuite suite, Map<String, String> callers) {
        if (callers.containsKey(ALGORITHM_KEY)) {
            throw new IllegalEncryptionException("The encryption context must not contain " + ALGORITHM_KEY
                    + ": the S3 Encryption Client format sets it. Remove it or choose another name.");
        }
        Map<String, String> context = new TreeMap<>(callers);
        context.put(ALGORITHM_KEY, suite.contentAlgorithm());
        return Collections.unmodifiableMap(context);
    }

    /**
     * The context to send with Decrypt: what is stored, once it is known to name the object's own suite and to hold exactly the pairs the reader
     * expects. A reader that expects none passes an empty map.
     *
     * @throws IntegrityException if the stored context is another suite's, or other pairs than expected
     */
    public static Map<String, String> forRead(S3ecEnvelope envelope, Map<String, String> expectedCallers) {
        return forRead(envelope.suite(), envelope.description(), expectedCallers);
    }

    /** As {@link #forRead(S3ecEnvelope, Map)}, for an envelope that was taken apart: its suite, and the context stored with it. */
    public static Map<String, String> forRead(
            S3ecSuite suite, Map<String, String> stored, Map<String, String> expectedCallers) {
        if (!suite.contentAlgorithm().equals(stored.get(ALGORITHM_KEY))) {
            throw new IntegrityException(
                    "The object's encryption context does not name the algorithm its metadata announces (" + suite
                            + "); one of them was changed.");
        }
        Map<String, String> callers = new TreeMap<>(stored);
        callers.remove(ALGORITHM_KEY);
        if (!callers.equals(expectedCallers)) {
            throw new IntegrityException("The object's encryption context has the keys " + callers.keySet()
                    + " and is not the one this read expects, with the keys " + new TreeMap<>(expectedCallers).keySet()
                    + ". Read it with the context it was written with.");
        }
        return stored;
    }
}
