package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;

/** The mark of a copy whose source was found to be ciphertext that stays as it is: nothing but the mode beneath is written then. */
public final class SealedCopy {
    private static final ExecutionAttribute<Boolean> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.CopyOfSealedObject");

    private SealedCopy() {}

    static CopyObjectRequest on(CopyObjectRequest request) {
        return RequestAttributes.with(request, ATTRIBUTE, true);
    }

    /** Whether a copy carries the mark. */
    public static boolean is(CopyObjectRequest request) {
        return RequestAttributes.get(request, ATTRIBUTE).orElse(false);
    }
}
