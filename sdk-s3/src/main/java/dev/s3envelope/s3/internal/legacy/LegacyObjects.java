package dev.s3envelope.s3.internal.legacy;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Reads legacy objects of the S3 Encryption Client: one whole object by its key, given out when the library that decrypts it is through with all of it.
 * There are no ranges of such objects; who wants one takes it of the whole.
 */
public interface LegacyObjects {
    /** Fetches whole objects as they are stored, with whatever the caller's request brings along. */
    @FunctionalInterface
    interface Fetch {
        /** The answer, or S3's exception. */
        CompletionStage<ResponseBytes<GetObjectResponse>> whole(GetObjectRequest request);
    }

    /**
     * Returns the whole plaintext, with S3's answer in stored terms, or empty where the object is none of these: no envelope in its metadata and no instruction file beside it. That look
     * costs a request for every object without an envelope.
     *
     * <p>Fails with {@link dev.s3envelope.core.OperationRefusedException} where the object is longer than is read, with
     * {@link dev.s3envelope.core.IntegrityException} where the library does not decrypt it, and with KMS's exception where that is why.
     *
     * @param asked the caller's request; its range and part number do not count, its conditions are S3's to judge
     * @param head of the object
     * @param fetch how to get at the bytes
     */
    CompletionStage<Optional<ResponseBytes<GetObjectResponse>>> read(
            GetObjectRequest asked, HeadObjectResponse head, Fetch fetch);
}
