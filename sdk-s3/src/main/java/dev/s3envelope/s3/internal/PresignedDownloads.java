package dev.s3envelope.s3.internal;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.internal.clientside.CiphertextGuard;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.presignedurl.AsyncPresignedUrlExtension;
import software.amazon.awssdk.services.s3.presignedurl.model.PresignedUrlDownloadRequest;

/** Downloads by a URL somebody signed, where no object of the policy can be ciphertext to S3. */
public final class PresignedDownloads implements AsyncPresignedUrlExtension {
    private final AsyncPresignedUrlExtension wrapped;
    private final boolean serverSideOnly;

    /** Stands before the extension of the wrapped client. */
    public PresignedDownloads(AsyncPresignedUrlExtension wrapped, EncryptionPolicy policy) {
        this.wrapped = wrapped;
        this.serverSideOnly = policy.rules().stream().allMatch(rule -> rule.mode() instanceof ServerSideMode);
    }

    @Override
    public <ReturnT> CompletableFuture<ReturnT> getObject(
            PresignedUrlDownloadRequest request, AsyncResponseTransformer<GetObjectResponse, ReturnT> transformer) {
        if (serverSideOnly) {
            return CiphertextGuard.get(
                    "behind the presigned URL", transformer, guarded -> wrapped.getObject(request, guarded));
        }
        OperationRefusedException refusal = new OperationRefusedException(
                "A download by presigned URL is refused: the policy has client-side modes, and"
                        + " the object behind the URL could be ciphertext. Read it by bucket and key.");
        transformer.exceptionOccurred(refusal);
        return CompletableFuture.failedFuture(refusal);
    }
}
