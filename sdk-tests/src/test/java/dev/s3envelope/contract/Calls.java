package dev.s3envelope.contract;

import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.DeleteBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The operations the suites use, on either client; failures arrive as the SDK threw them. */
interface Calls {
    /** Which client stands behind. */
    enum Kind {
        SYNC {
            @Override
            Calls open(S3Client sync, S3AsyncClient async, Consumer<EnvelopeBuilder<?>> settings) {
                EnvelopeS3Client.Builder builder = EnvelopeS3Client.builder().wrapping(sync);
                settings.accept(builder);
                return new Sync(builder.build());
            }
        },
        ASYNC {
            @Override
            Calls open(S3Client sync, S3AsyncClient async, Consumer<EnvelopeBuilder<?>> settings) {
                EnvelopeS3AsyncClient.Builder builder =
                        EnvelopeS3AsyncClient.builder().wrapping(async);
                settings.accept(builder);
                return new Async(builder.build());
            }
        };

        Calls open(Target target, Consumer<EnvelopeBuilder<?>> settings) {
            return open(target.s3(), target.s3Async(), settings);
        }

        /** Wraps the one of its kind. */
        abstract Calls open(S3Client sync, S3AsyncClient async, Consumer<EnvelopeBuilder<?>> settings);
    }

    PutObjectResponse put(PutObjectRequest request, byte[] body);

    ResponseBytes<GetObjectResponse> get(GetObjectRequest request);

    HeadObjectResponse head(HeadObjectRequest request);

    GetObjectAttributesResponse attributes(GetObjectAttributesRequest request);

    CopyObjectResponse copy(CopyObjectRequest request);

    CreateMultipartUploadResponse create(CreateMultipartUploadRequest request);

    UploadPartResponse part(UploadPartRequest request, byte[] body);

    UploadPartCopyResponse partCopy(UploadPartCopyRequest request);

    ListPartsResponse parts(ListPartsRequest request);

    CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request);

    PutBucketEncryptionResponse bucketDefault(PutBucketEncryptionRequest request);

    DeleteBucketEncryptionResponse deleteBucketDefault(DeleteBucketEncryptionRequest request);

    ListObjectsV2Response list(ListObjectsV2Request request);

    /** Over the synchronous client. */
    record Sync(EnvelopeS3Client s3) implements Calls {
        @Override
        public PutObjectResponse put(PutObjectRequest request, byte[] body) {
            return s3.putObject(request, RequestBody.fromBytes(body));
        }

        @Override
        public ResponseBytes<GetObjectResponse> get(GetObjectRequest request) {
            return s3.getObjectAsBytes(request);
        }

        @Override
        public HeadObjectResponse head(HeadObjectRequest request) {
            return s3.headObject(request);
        }

        @Override
        public GetObjectAttributesResponse attributes(GetObjectAttributesRequest request) {
            return s3.getObjectAttributes(request);
        }

        @Override
        public CopyObjectResponse copy(CopyObjectRequest request) {
            return s3.copyObject(request);
        }

        @Override
        public CreateMultipartUploadResponse create(CreateMultipartUploadRequest request) {
            return s3.createMultipartUpload(request);
        }

        @Override
        public UploadPartResponse part(UploadPartRequest request, byte[] body) {
            return s3.uploadPart(request, RequestBody.fromBytes(body));
        }

        @Override
        public UploadPartCopyResponse partCopy(UploadPartCopyRequest request) {
            return s3.uploadPartCopy(request);
        }

        @Override
        public ListPartsResponse parts(ListPartsRequest request) {
            return s3.listParts(request);
        }

        @Override
        public CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
            return s3.completeMultipartUpload(request);
        }

        @Override
        public PutBucketEncryptionResponse bucketDefault(PutBucketEncryptionRequest request) {
            return s3.putBucketEncryption(request);
        }

        @Override
        public DeleteBucketEncryptionResponse deleteBucketDefault(DeleteBucketEncryptionRequest request) {
            return s3.deleteBucketEncryption(request);
        }

        @Override
        public ListObjectsV2Response list(ListObjectsV2Request request) {
            return s3.listObjectsV2(request);
        }
    }

    /** Over the asynchronous client. */
    record Async(EnvelopeS3AsyncClient s3) implements Calls {
        @Override
        public PutObjectResponse put(PutObjectRequest request, byte[] body) {
            return join(s3.putObject(request, AsyncRequestBody.fromBytes(body)));
        }

        @Override
        public ResponseBytes<GetObjectResponse> get(GetObjectRequest request) {
            return join(s3.getObject(request, AsyncResponseTransformer.toBytes()));
        }

        @Override
        public HeadObjectResponse head(HeadObjectRequest request) {
            return join(s3.headObject(request));
        }

        @Override
        public GetObjectAttributesResponse attributes(GetObjectAttributesRequest request) {
            return join(s3.getObjectAttributes(request));
        }

        @Override
        public CopyObjectResponse copy(CopyObjectRequest request) {
            return join(s3.copyObject(request));
        }

        @Override
        public CreateMultipartUploadResponse create(CreateMultipartUploadRequest request) {
            return join(s3.createMultipartUpload(request));
        }

        @Override
        public UploadPartResponse part(UploadPartRequest request, byte[] body) {
            return join(s3.uploadPart(request, AsyncRequestBody.fromBytes(body)));
        }

        @Override
        public UploadPartCopyResponse partCopy(UploadPartCopyRequest request) {
            return join(s3.uploadPartCopy(request));
        }

        @Override
        public ListPartsResponse parts(ListPartsRequest request) {
            return join(s3.listParts(request));
        }

        @Override
        public CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
            return join(s3.completeMultipartUpload(request));
        }

        @Override
        public PutBucketEncryptionResponse bucketDefault(PutBucketEncryptionRequest request) {
            return join(s3.putBucketEncryption(request));
        }

        @Override
        public DeleteBucketEncryptionResponse deleteBucketDefault(DeleteBucketEncryptionRequest request) {
            return join(s3.deleteBucketEncryption(request));
        }

        @Override
        public ListObjectsV2Response list(ListObjectsV2Request request) {
            return join(s3.listObjectsV2(request));
        }

        static <V> V join(CompletableFuture<V> future) {
            try {
                return future.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw e;
            }
        }
    }
}
