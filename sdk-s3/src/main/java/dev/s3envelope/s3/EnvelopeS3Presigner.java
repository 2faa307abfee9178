package dev.s3envelope.s3;

import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.s3.internal.KeyExecutors;
import dev.s3envelope.s3.internal.PresignedUrls;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.AbortMultipartUploadPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.CompleteMultipartUploadPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.CreateMultipartUploadPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.DeleteObjectPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.GetObjectPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.HeadBucketPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.HeadObjectPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedAbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedCompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedCreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedDeleteObjectRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedHeadBucketRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedHeadObjectRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedPutObjectRequest;
import software.amazon.awssdk.services.s3.presigner.model.PresignedUploadPartRequest;
import software.amazon.awssdk.services.s3.presigner.model.PutObjectPresignRequest;
import software.amazon.awssdk.services.s3.presigner.model.UploadPartPresignRequest;

/**
 * An {@link S3Presigner} whose URLs write and read objects under the encryption their policy wants.
 *
 * <p>A presigned write carries its encryption headers signed: {@code signedHeaders()} of the result names every header that must
 * be sent along with the URL, with its value, and S3 refuses the URL without them. For SSE-C these include the key itself, so such
 * a result is as secret as the key. A presigned read needs headers only for an SSE-C object, and since nobody is there to ask
 * again, its key is the one the policy gives for the address (or the override, or the request's own).
 *
 * <p>{@code expectedBucketOwner} is a header too. It goes on URLs that need encryption headers anyway, and on those whose request
 * asks for it; the others stay usable as a bare URL.
 *
 * <p>What the policy or the write guard forbids is not signed. Objects encrypted on the client have no presigned reads or
 * writes, because whoever uses the URL has neither keys nor this client.
 *
 * <p>Safe for use by several threads. Signing waits for a look-up of the guard where one is needed.
 */
public final class EnvelopeS3Presigner implements S3Presigner {
    private final S3Presigner wrapped;
    private final PresignedUrls urls;
    private final boolean closeWrapped;

    private EnvelopeS3Presigner(S3Presigner wrapped, Builder builder) {
        this.wrapped = wrapped;
        this.urls = new PresignedUrls(builder.transformer(Optional.empty(), Transport.TLS, KeyExecutors.CALLER));
        this.closeWrapped = builder.closesWrapped();
    }

    /** Starts without a presigner to wrap. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public PresignedGetObjectRequest presignGetObject(GetObjectPresignRequest request) {
        return urls.presign(
                request.getObjectRequest(),
                sent -> wrapped.presignGetObject(
                        request.toBuilder().getObjectRequest(sent).build()));
    }

    @Override
    public PresignedHeadObjectRequest presignHeadObject(HeadObjectPresignRequest request) {
        return urls.presign(
                request.headObjectRequest(),
                sent -> wrapped.presignHeadObject(
                        request.toBuilder().headObjectRequest(sent).build()));
    }

    @Override
    public PresignedHeadBucketRequest presignHeadBucket(HeadBucketPresignRequest request) {
        return urls.presign(
                request.headBucketRequest(),
                sent -> wrapped.presignHeadBucket(
                        request.toBuilder().headBucketRequest(sent).build()));
    }

    @Override
    public PresignedPutObjectRequest presignPutObject(PutObjectPresignRequest request) {
        return urls.presign(
                request.putObjectRequest(),
                sent -> wrapped.presignPutObject(
                        request.toBuilder().putObjectRequest(sent).build()));
    }

    @Override
    public PresignedDeleteObjectRequest presignDeleteObject(DeleteObjectPresignRequest request) {
        return urls.presign(
                request.deleteObjectRequest(),
                sent -> wrapped.presignDeleteObject(
                        request.toBuilder().deleteObjectRequest(sent).build()));
    }

    @Override
    public PresignedCreateMultipartUploadRequest presignCreateMultipartUpload(
            CreateMultipartUploadPresignRequest request) {
        return urls.presign(
                request.createMultipartUploadRequest(),
                sent -> wrapped.presignCreateMultipartUpload(
                        request.toBuilder().createMultipartUploadRequest(sent).build()));
    }

    @Override
    public PresignedUploadPartRequest presignUploadPart(UploadPartPresignRequest request) {
        return urls.presign(
                request.uploadPartRequest(),
                sent -> wrapped.presignUploadPart(
                        request.toBuilder().uploadPartRequest(sent).build()));
    }

    @Override
    public PresignedCompleteMultipartUploadRequest presignCompleteMultipartUpload(
            CompleteMultipartUploadPresignRequest request) {
        return urls.presign(
                request.completeMultipartUploadRequest(),
                sent -> wrapped.presignCompleteMultipartUpload(
                        request.toBuilder().completeMultipartUploadRequest(sent).build()));
    }

    @Override
    public PresignedAbortMultipartUploadRequest presignAbortMultipartUpload(
            AbortMultipartUploadPresignRequest request) {
        return urls.presign(
                request.abortMultipartUploadRequest(),
                sent -> wrapped.presignAbortMultipartUpload(
                        request.toBuilder().abortMultipartUploadRequest(sent).build()));
    }

    /** Closes the wrapped presigner if the builder was told to; nothing else is held. */
    @Override
    public void close() {
        if (closeWrapped) {
            wrapped.close();
        }
    }

    /** Builds an {@link EnvelopeS3Presigner}. Not safe for use by several threads. */
    public static final class Builder extends EnvelopeBuilder<Builder> {
        private @Nullable S3Presigner wrapped;

        private Builder() {}

        /** Sets the presigner that signs. Required. */
        public Builder wrapping(S3Presigner presigner) {
            this.wrapped = Objects.requireNonNull(presigner, "presigner");
            return this;
        }

        /** The presigner. */
        public EnvelopeS3Presigner build() {
            return new EnvelopeS3Presigner(required(wrapped, "an S3Presigner"), this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
