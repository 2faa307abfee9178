package dev.s3envelope.s3;

import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.internal.AsyncInvocation;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.HeldFailureHandler;
import dev.s3envelope.s3.internal.KeyExecutors;
import dev.s3envelope.s3.internal.KeyThreads;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.PresignedDownloads;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.WaiterThread;
import dev.s3envelope.s3.internal.Wrapped;
import dev.s3envelope.s3.internal.clientside.AsyncStoredReads;
import dev.s3envelope.s3.internal.clientside.ClientSideFacts;
import dev.s3envelope.s3.internal.clientside.ClientSideKeys;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.ClientSideWrites;
import dev.s3envelope.s3.internal.clientside.LegacyGets;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.Stages;
import dev.s3envelope.s3.internal.clientside.copy.AsyncCopies;
import dev.s3envelope.s3.internal.clientside.copy.ClientSideCopies;
import dev.s3envelope.s3.internal.clientside.upload.AsyncUploads;
import dev.s3envelope.s3.internal.clientside.upload.Uploads;
import dev.s3envelope.s3.internal.diagnosis.DiagnosingS3AsyncClient;
import dev.s3envelope.s3.internal.preflight.Preflights;
import dev.s3envelope.s3.internal.transfer.AsyncGets;
import dev.s3envelope.s3.internal.transfer.AsyncPuts;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import software.amazon.awssdk.services.s3.presignedurl.AsyncPresignedUrlExtension;
import software.amazon.awssdk.services.s3.waiters.S3AsyncWaiter;

/**
 * An {@link S3AsyncClient} that gives every object the encryption its policy wants, and refuses what would end up under the wrong
 * key before it is sent. It does to a request exactly what {@link EnvelopeS3Client} does.
 *
 * <p>Nothing here waits: the look-ups of the write guard are chained, and calls continue on the thread that completes them.
 * Sources of SSE-C keys are asked on the executor of {@link Builder#keyExecutor}. Refusals complete the future exceptionally and
 * are told to the response transformer, as the SDK does with its own. Cancelling a future, or completing it with a timeout, ends
 * the request in flight.
 *
 * <p>Any client can be wrapped: Netty, CRT, and the multipart client of {@code multipartEnabled(true)}. Safe for use by several
 * threads. Closing it closes the wrapped client only if {@link EnvelopeBuilder#closeWrapped} says so.
 */
public final class EnvelopeS3AsyncClient extends DelegatingS3AsyncClient {
    private final S3AsyncClient wrapped;
    private final EncryptionPolicy policy;
    private final RequestTransformer transformer;
    private final WaiterThread waiterThread = new WaiterThread();
    private final KeyThreads keyThreads;
    private final Uploads clientSideUploads;
    private final AsyncUploads uploads;
    private final AsyncPuts puts;
    private final ClientSideReads clientSideReads;
    private final ReadPort stored;
    private final ClientSideFacts facts;
    private final AsyncGets gets;
    private final ObjectEvents events;
    private final AsyncCopies copies;
    private final boolean closeWrapped;

    private EnvelopeS3AsyncClient(S3AsyncClient wrapped, Builder builder, KeyThreads keyThreads) {
        super(wrapped);
        this.wrapped = wrapped;
        this.keyThreads = keyThreads;
        this.policy = builder.requiredPolicy();
        Wrapped told = Wrapped.of(wrapped::serviceClientConfiguration);
        Executor blocking = builder.keyExecutor == null ? keyThreads : builder.keyExecutor;
        LegacyGets legacyGets = builder.legacyGets(blocking);
        ClientSideKeys keys = builder.clientSideKeys(blocking);
        this.clientSideUploads = new Uploads(keys);
        this.clientSideReads = builder.clientSideReads(keys);
        this.stored = new AsyncStoredReads(wrapped, this::prepared, clientSideReads);
        Preflights preflights = builder.preflights(stored, told, blocking);
        this.transformer = builder.transformer(
                told.region(), told.transport(), builder.keyExecutors(blocking), clientSideUploads, preflights);
        this.uploads = new AsyncUploads(transformer, clientSideUploads, wrapped);
        this.facts = builder.clientSideFacts(clientSideReads);
        this.events = builder.events();
        this.puts = new AsyncPuts(this, wrapped, new ClientSideWrites(keys), events, builder.parallelTransfers());
        this.gets = new AsyncGets(
                wrapped,
                transformer,
                preflights,
                clientSideReads,
                stored,
                legacyGets,
                events,
                builder.parallelTransfers());
        ClientSideCopies plans = new ClientSideCopies(clientSideReads, facts, transformer);
        this.copies = new AsyncCopies(this, wrapped, plans, stored);
        this.closeWrapped = builder.closesWrapped();
    }

    /** Starts without a client to wrap. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected <T extends S3Request, ReturnT> CompletableFuture<ReturnT> invokeOperation(
            T request, Function<T, CompletableFuture<ReturnT>> operation) {
        return invoke(request, BodyFacts.NONE, operation);
    }

    @Override
    public CompletableFuture<PutObjectResponse> putObject(PutObjectRequest request, AsyncRequestBody body) {
        return invoke(request, puts.facts(body), sent -> puts.put(request, sent, body));
    }

    /** A part; of an upload encrypted on the client it is encrypted in its place, see {@link ClientSideUpload}. */
    @Override
    public CompletableFuture<UploadPartResponse> uploadPart(UploadPartRequest request, AsyncRequestBody body) {
        boolean clientSide = clientSideUploads.encrypts(request.uploadId());
        return events.after(
                uploads.part(request, body), answer -> events.part(clientSide, body.contentLength(), answer));
    }

    /** Completes an upload; one encrypted on the client gets an empty last part for the final frame where no part has it. */
    @Override
    public CompletableFuture<CompleteMultipartUploadResponse> completeMultipartUpload(
            CompleteMultipartUploadRequest request) {
        boolean clientSide = clientSideUploads.encrypts(request.uploadId());
        boolean customerKey = transformer.underCustomerKey(request);
        return events.after(uploads.complete(request), answer -> events.completed(clientSide, customerKey, answer));
    }

    /** Lists parts; sizes of an upload encrypted on the client are those of the plaintext. */
    @Override
    public CompletableFuture<ListPartsResponse> listParts(ListPartsRequest request) {
        return uploads.list(request);
    }

    /**
     * Gives away an upload that is encrypted on the client, so that another process can go on with it; this client sends no more parts of it.
     *
     * @throws dev.s3envelope.core.OperationRefusedException if this client has no such upload, parts of it are being sent, or the size of its parts is not
     *     known
     */
    public ClientSideUpload handOver(String bucket, String key, String uploadId) {
        return clientSideUploads.handOver(bucket, key, uploadId);
    }

    /**
     * Goes on with an upload another process gave away, under the keyring of the first client-side mode the policy has for the object.
     *
     * @throws dev.s3envelope.core.IntegrityException if the upload was begun for another object, or what was given is damaged, in the future
     */
    public CompletableFuture<Void> takeOver(ClientSideUpload upload) {
        return transformer.takeOver(upload).toCompletableFuture();
    }

    @Override
    public <ReturnT> CompletableFuture<ReturnT> getObject(
            GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, ReturnT> responseTransformer) {
        return gets.get(request, responseTransformer);
    }

    /** As the AWS SDK does it: into a new file, which is deleted if the read fails. With {@link ParallelTransfers} pieces of a large object are written into their places, in whatever order they come. */
    @Override
    public CompletableFuture<GetObjectResponse> getObject(GetObjectRequest request, Path destinationPath) {
        return gets.get(request, destinationPath);
    }

    /** Length and metadata of an object encrypted on the client are those of its plaintext, see {@link ClientSideObject} and {@link LengthProof}. */
    @Override
    public CompletableFuture<HeadObjectResponse> headObject(HeadObjectRequest request) {
        CompletableFuture<HeadObjectResponse> answer = invokeOperation(request, wrapped::headObject);
        return ClientSideReads.stored(request)
                ? answer
                : Stages.chain(answer, received -> facts.plain(request, received, stored));
    }

    /** Sizes of an object encrypted on the client, and of its parts, are those of the plaintext, without checksums; that takes a HEAD. */
    @Override
    public CompletableFuture<GetObjectAttributesResponse> getObjectAttributes(GetObjectAttributesRequest request) {
        CompletableFuture<GetObjectAttributesResponse> answer = invokeOperation(request, wrapped::getObjectAttributes);
        return facts.attributes(request)
                ? Stages.chain(answer, received -> facts.plain(request, received, stored))
                : answer;
    }

    /**
     * Copies: within S3 where the stored bytes serve at the destination; else, since an object is bound to its name, or the destination has another keyring or context, or
     * only one of the two is encrypted on the client, by a GET and a PUT (or parts) through this client, in constant memory; that answer has no {@code lastModified}. Out
     * of client-side encryption only where an enforced rule or the request itself names the server-side mode.
     */
    @Override
    public CompletableFuture<CopyObjectResponse> copyObject(CopyObjectRequest request) {
        return clientSideReads.applies(request) ? copies.copy(request) : invokeOperation(request, wrapped::copyObject);
    }

    /** Sizes of objects encrypted on the client are those of the plaintext if {@link EnvelopeBuilder#plaintextSizesInListings} says so. */
    @Override
    public CompletableFuture<ListObjectsResponse> listObjects(ListObjectsRequest request) {
        return Stages.chain(
                invokeOperation(request, wrapped::listObjects),
                answer -> facts.listings().plain(request, answer, stored));
    }

    @Override
    public CompletableFuture<ListObjectsV2Response> listObjectsV2(ListObjectsV2Request request) {
        return Stages.chain(
                invokeOperation(request, wrapped::listObjectsV2),
                answer -> facts.listings().plain(request, answer, stored));
    }

    @Override
    public CompletableFuture<ListObjectVersionsResponse> listObjectVersions(ListObjectVersionsRequest request) {
        return Stages.chain(
                invokeOperation(request, wrapped::listObjectVersions),
                answer -> facts.listings().plain(request, answer, stored));
    }

    /** Copies a part within S3; from an object that is encrypted on the client, which a HEAD tells where it can be, or into such an upload it is refused. */
    @Override
    public CompletableFuture<UploadPartCopyResponse> uploadPartCopy(UploadPartCopyRequest request) {
        return Stages.chain(copies.checked(request), checked -> invokeOperation(checked, wrapped::uploadPartCopy));
    }

    @Override
    public CompletableFuture<Void> selectObjectContent(
            SelectObjectContentRequest request, SelectObjectContentResponseHandler responseHandler) {
        HeldFailureHandler held = new HeldFailureHandler(responseHandler);
        return invoke(
                request,
                BodyFacts.NONE,
                sent -> wrapped.selectObjectContent(sent, held),
                held::responded,
                held::failed);
    }

    /**
     * Downloads by presigned URL. The URL was authorized by whoever signed it, and what it needs is in it, so it goes to the
     * wrapped client as it is; where the policy has client-side modes it is refused, because the bytes could be ciphertext and
     * the URL does not let them be told apart.
     */
    @Override
    public AsyncPresignedUrlExtension presignedUrlExtension() {
        return new PresignedDownloads(wrapped.presignedUrlExtension(), policy);
    }

    /** A waiter that asks through this client, on one daemon thread of this client that lives until {@link #close}. */
    @Override
    public S3AsyncWaiter waiter() {
        return S3AsyncWaiter.builder()
                .client(this)
                .scheduledExecutorService(waiterThread.executor())
                .build();
    }

    /** Ends the waiters' thread, and closes the wrapped client if the builder was told to. */
    @Override
    public void close() {
        waiterThread.close();
        keyThreads.close();
        clientSideUploads.close();
        if (closeWrapped) {
            wrapped.close();
        }
    }

    private <T extends S3Request> CompletionStage<Attempts<T>> prepared(T request) {
        return transformer.prepare(request, BodyFacts.NONE);
    }

    private <T extends S3Request, ReturnT> CompletableFuture<ReturnT> invoke(
            T request, BodyFacts body, Function<T, CompletableFuture<ReturnT>> operation) {
        return invoke(request, body, operation, () -> false, failure -> {});
    }

    private <T extends S3Request, ReturnT> CompletableFuture<ReturnT> invoke(
            T request,
            BodyFacts body,
            Function<T, CompletableFuture<ReturnT>> operation,
            BooleanSupplier handedOut,
            Consumer<Throwable> onFailure) {
        return AsyncInvocation.start(() -> transformer.prepare(request, body), operation, handedOut, onFailure);
    }

    /** Builds an {@link EnvelopeS3AsyncClient}. Not safe for use by several threads. */
    public static final class Builder extends EnvelopeBuilder<Builder> {
        private @Nullable S3AsyncClient wrapped;
        private @Nullable Executor keyExecutor;

        private Builder() {}

        /** Sets the client through which everything is sent. Required. */
        public Builder wrapping(S3AsyncClient client) {
            this.wrapped = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * Sets where the sources of SSE-C keys are asked, and those keyrings that block. By default sources and keyrings that say they block are asked
         * on daemon threads of the client, made as needed, and the others on the thread that needs the key, the event loop included.
         *
         * <p>Here, too, objects of the S3 Encryption Client above 64 KiB are spooled, verified and decrypted, and their bytes are given to the response
         * transformer: one task at a time for each read. An executor that refuses a task fails the read.
         */
        public Builder keyExecutor(Executor executor) {
            this.keyExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** The client. */
        public EnvelopeS3AsyncClient build() {
            KeyThreads threads = new KeyThreads();
            S3AsyncClient diagnosed = DiagnosingS3AsyncClient.over(
                    required(wrapped, "an S3AsyncClient"), diagnosis(), keyExecutor == null ? threads : keyExecutor);
            return new EnvelopeS3AsyncClient(diagnosed, this, threads);
        }

        private KeyExecutors keyExecutors(Executor blocking) {
            return new KeyExecutors(keyExecutor == null ? Runnable::run : keyExecutor, blocking);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
