package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.s3.internal.Attempts;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** How one copy is made. */
public sealed interface CopyPlan {
    /** By S3, which copies the stored bytes. */
    record InS3(Attempts<CopyObjectRequest> attempts) implements CopyPlan {}

    /**
     * Through the client: read, decrypted where it is encrypted on the client, and written as any object is.
     *
     * @param get of the source, under the condition that it is still the one that was looked at
     * @param put of the copy
     * @param length bytes of plaintext
     * @param sourceVersion the version that is copied, if it has an id
     */
    record ThroughClient(
            GetObjectRequest get,
            PutObjectRequest put,
            long length,
            @Nullable String sourceVersion) implements CopyPlan {
        CopyObjectResponse answer(PutObjectResponse answer) {
            return CopiedPut.answer(answer, sourceVersion);
        }
    }
}
