package dev.s3envelope.s3;

import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.KeyExecutors;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.SyncInvocation;
import dev.s3envelope.s3.internal.Wrapped;
import dev.s3envelope.s3.internal.clientside.ClientSideFacts;
import dev.s3envelope.s3.internal.clientside.ClientSideKeys;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.ClientSideWrites;
import dev.s3envelope.s3.internal.clientside.LegacyGets;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.SyncStoredReads;
import dev.s3envelope.s3.internal.clientside.copy.ClientSideCopies;
import dev.s3envelope.s3.internal.clientside.copy.SyncCopies;
import dev.s3envelope.s3.internal.clientside.upload.SyncUploads;
import dev.s3envelope.s3.internal.clientside.upload.Uploads;
import dev.s3envelope.s3.internal.diagnosis.DiagnosingS3Client;
import dev.s3envelope.s3.internal.preflight.Preflights;
import dev.s3envelope.s3.internal.transfer.SyncGets;
import dev.s3envelope.s3.internal.transfer.SyncPuts;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
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
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;
import software.amazon.awssdk.services.s3.waiters.S3Waiter;

/**
 * An {@link S3Client} that gives every object the encryption its policy wants, and refuses what would end up under the wrong key
 * before it is sent.
 *
 * <p>It wraps any other client and sends through it, with every field, override, credential and interceptor of the request as it
 * came; what it adds are the encryption headers of writes, the SSE-C key of reads, and {@code expectedBucketOwner} where the
 * owner is known. Objects of all server-side modes may share a bucket: reads send an SSE-C key to those objects only that are
 * SSE-C, and where only S3 can tell, its refusal decides and the request goes out once more, before any byte of a body. Paginators
 * and waiters send through this client too. An operation this version does not know is refused.
 *
 * <p>Refusals are {@link dev.s3envelope.core.EnvelopeException}s; whatever S3 answers arrives unchanged, and a denial carries an
 * {@link dev.s3envelope.core.access.AccessReport} that says which gate it came from, as far as that is known.
 *
 * <p>Safe for use by several threads. Nothing runs on a thread other than the caller's, but for pieces of large objects where
 * {@link EnvelopeBuilder#parallelTransfers} brings an executor. Closing it closes the wrapped client only if
 * {@link EnvelopeBuilder#closeWrapped} says so.
 */
public final class EnvelopeS3Client extends DelegatingS3Client {
    private final S3Client wrapped;
    private final RequestTransformer transformer;
    private final Uploads clientSideUploads;
    private final SyncUploads uploads;
    private final SyncPuts puts;
    private final ClientSideReads clientSideReads;
    private final ReadPort stored;
    private final ClientSideFacts facts;
    private final SyncGets gets;
    private final ObjectEvents events;
    private final SyncCopies copies;
    private final boolean closeWrapped;

    private EnvelopeS3Client(S3Client wrapped, S3Client given, Builder builder) {
        super(wrapped);
        this.wrapped = wrapped;
        Wrapped told = Wrapped.of(wrapped::serviceClientConfiguration);
        LegacyGets legacyGets = builder.legacyGets(Runnable::run);
        ClientSideKeys keys = builder.clientSideKeys(Runnable::run);
        this.clientSideUploads = new Uploads(keys);
        this.clientSideReads = builder.clientSideReads(keys);
        this.stored = new SyncStoredReads(wrapped, this::prepared, clientSideReads);
        Preflights preflights = builder.preflights(stored, told, Runnable::run);
        this.transformer = builder.transformer(
                told.region(), told.transport(), KeyExecutors.CALLER, clientSideUploads, preflights);
        this.uploads = new SyncUploads(transformer, clientSideUploads, wrapped);
        this.facts = builder.clientSideFacts(clientSideReads);
        this.events = builder.events();
        this.puts = new SyncPuts(this, wrapped, given, new ClientSideWrites(keys), events, builder.parallelTransfers());
        this.gets = new SyncGets(
                wrapped,
                transformer,
                preflights,
                clientSideReads,
                stored,
                legacyGets,
                events,
                builder.parallelTransfers());
        ClientSideCopies plans = new ClientSideCopies(clientSideReads, facts, transformer);
        this.copies = new SyncCopies(this, wrapped, plans, stored);
        this.closeWrapped = builder.closesWrapped();
    }

    /** Starts without a client to wrap. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected <T extends S3Request, ReturnT> ReturnT invokeOperation(T request, Function<T, ReturnT> operation) {
        return SyncInvocation.invoke(transformer.prepare(request, BodyFacts.NONE), operation);
    }

    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        return SyncInvocation.invoke(
                transformer.prepare(request, puts.facts(body)), sent -> puts.put(request, sent, body));
    }

    /** A part; of an upload encrypted on the client it is encrypted in its place, see {@link ClientSideUpload}. */
    @Override
    public UploadPartResponse uploadPart(UploadPartRequest request, RequestBody body) {
        boolean clientSide = clientSideUploads.encrypts(request.uploadId());
        return events.part(clientSide, body.optionalContentLength(), uploads.part(request, body));
    }

    /** Completes an upload; one encrypted on the client gets an empty last part for the final frame where no part has it. */
    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(CompleteMultipartUploadRequest request) {
        boolean clientSide = clientSideUploads.encrypts(request.uploadId());
        return events.completed(clientSide, transformer.underCustomerKey(request), uploads.complete(request));
    }

    /** Lists parts; sizes of an upload encrypted on the client are those of the plaintext. */
    @Override
    public ListPartsResponse listParts(ListPartsRequest request) {
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
     * @throws dev.s3envelope.core.IntegrityException if the upload was begun for another object, or what was given is damaged
     */
    public void takeOver(ClientSideUpload upload) {
        SyncInvocation.join(transformer.takeOver(upload));
    }

    @Override
    public <ReturnT> ReturnT getObject(
            GetObjectRequest request, ResponseTransformer<GetObjectResponse, ReturnT> responseTransformer) {
        return gets.get(request, responseTransformer);
    }

    /** As the AWS SDK does it: into a new file, which is deleted if the read fails. With {@link ParallelTransfers} pieces of a large object are written into their places, in whatever order they come. */
    @Override
    public GetObjectResponse getObject(GetObjectRequest request, Path destinationPath) {
        return gets.get(request, destinationPath);
    }

    /** Length and metadata of an object encrypted on the client are those of its plaintext, see {@link ClientSideObject} and {@link LengthProof}. */
    @Override
    public HeadObjectResponse headObject(HeadObjectRequest request) {
        HeadObjectResponse answer = invokeOperation(request, wrapped::headObject);
        return ClientSideReads.stored(request) ? answer : SyncInvocation.join(facts.plain(request, answer, stored));
    }

    /** Sizes of an object encrypted on the client, and of its parts, are those of the plaintext, without checksums; that takes a HEAD. */
    @Override
    public GetObjectAttributesResponse getObjectAttributes(GetObjectAttributesRequest request) {
        GetObjectAttributesResponse answer = invokeOperation(request, wrapped::getObjectAttributes);
        return facts.attributes(request) ? SyncInvocation.join(facts.plain(request, answer, stored)) : answer;
    }

    /**
     * Copies: within S3 where the stored bytes serve at the destination; else, since an object is bound to its name, or the destination has another keyring or context, or
     * only one of the two is encrypted on the client, by a GET and a PUT (or parts) through this client, in constant memory; that answer has no {@code lastModified}. Out
     * of client-side encryption only where an enforced rule or the request itself names the server-side mode.
     */
    @Override
    public CopyObjectResponse copyObject(CopyObjectRequest request) {
        return clientSideReads.applies(request) ? copies.copy(request) : invokeOperation(request, wrapped::copyObject);
    }

    /** Copies a part within S3; from an object that is encrypted on the client, which a HEAD tells where it can be, or into such an upload it is refused. */
    @Override
    public UploadPartCopyResponse uploadPartCopy(UploadPartCopyRequest request) {
        return invokeOperation(copies.checked(request), wrapped::uploadPartCopy);
    }

    private <T extends S3Request> CompletionStage<Attempts<T>> prepared(T request) {
        return transformer.prepare(request, BodyFacts.NONE);
    }

    /** Sizes of objects encrypted on the client are those of the plaintext if {@link EnvelopeBuilder#plaintextSizesInListings} says so. */
    @Override
    public ListObjectsResponse listObjects(ListObjectsRequest request) {
        return SyncInvocation.join(
                facts.listings().plain(request, invokeOperation(request, wrapped::listObjects), stored));
    }

    @Override
    public ListObjectsV2Response listObjectsV2(ListObjectsV2Request request) {
        return SyncInvocation.join(
                facts.listings().plain(request, invokeOperation(request, wrapped::listObjectsV2), stored));
    }

    @Override
    public ListObjectVersionsResponse listObjectVersions(ListObjectVersionsRequest request) {
        return SyncInvocation.join(
                facts.listings().plain(request, invokeOperation(request, wrapped::listObjectVersions), stored));
    }

    /** A waiter that asks through this client. The caller may close it. */
    @Override
    public S3Waiter waiter() {
        return S3Waiter.builder().client(this).build();
    }

    /** Closes the wrapped client if the builder was told to, and destroys the keys of uploads under way. */
    @Override
    public void close() {
        clientSideUploads.close();
        if (closeWrapped) {
            wrapped.close();
        }
    }

    /** Builds an {@link EnvelopeS3Client}. Not safe for use by several threads. */
    public static final class Builder extends EnvelopeBuilder<Builder> {
        private @Nullable S3Client wrapped;

        private Builder() {}

        /** Sets the client through which everything is sent. Required. */
        public Builder wrapping(S3Client client) {
            this.wrapped = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * The client.
         *
         * @throws dev.s3envelope.core.EnvelopeException if there is no policy, nothing to wrap, or transfers are to be parallel and no executor was given for them
         */
        public EnvelopeS3Client build() {
            requireExecutor();
            S3Client given = required(wrapped, "an S3Client");
            return new EnvelopeS3Client(DiagnosingS3Client.over(given, diagnosis()), given, this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
