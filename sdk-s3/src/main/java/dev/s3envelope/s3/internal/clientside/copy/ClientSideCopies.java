package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.CopySource;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.clientside.ClientSideFacts;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import dev.s3envelope.s3.internal.clientside.ClientSideWrites;
import dev.s3envelope.s3.internal.clientside.Fields;
import dev.s3envelope.s3.internal.clientside.PlainAnswers;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Decides how a copy is made whose source or destination is encrypted on the client.
 *
 * <p>S3 copies stored bytes. That serves where both are server-side, and where a message can be read at its destination as it is: the keyring of
 * the destination's mode opens it, it is bound to that name or to none, and its encryption context is the one that mode gives. Everything else goes through the
 * client, and out of client-side encryption only by a word: an enforced rule or the request itself must name the server-side mode. Objects of the S3 Encryption
 * Client are bound to no name and are copied as they are.
 */
public final class ClientSideCopies {
    private static final int NOT_MODIFIED = 304;
    private static final int PRECONDITION_FAILED = 412;
    private static final int FORBIDDEN = 403;
    private static final int NOT_IMPLEMENTED = 501;

    private final ClientSideReads reads;
    private final ClientSideFacts facts;
    private final RequestTransformer transformer;

    /** Copies of one client. */
    public ClientSideCopies(ClientSideReads reads, ClientSideFacts facts, RequestTransformer transformer) {
        this.reads = reads;
        this.facts = facts;
        this.transformer = transformer;
    }

    /** What is known of a copy once its source was looked at. */
    private record Copy(
            CopyObjectRequest request,
            SourceRequests source,
            ObjectAddress destination,
            HeadObjectResponse stored,
            HeadObjectResponse plain,
            ReadPort port) {
        /** Whether the source is encrypted on the client. */
        boolean sealed() {
            return !plain.equals(stored);
        }

        OperationRefusedException refused(String why) {
            return new OperationRefusedException(
                    "CopyObject of " + source.source().address() + " to " + destination + " is refused: " + why);
        }
    }

    /** Looks at the source of a copy and at the mode of its destination. */
    public CompletionStage<CopyPlan> plan(CopyObjectRequest request, ReadPort port) {
        try {
            Optional<CopySource> source = CopySource.of(request);
            if (source.isEmpty() || request.destinationBucket() == null || request.destinationKey() == null) {
                return inS3(request);
            }
            SourceRequests requests = new SourceRequests(request, source.get());
            ObjectAddress destination = new ObjectAddress(request.destinationBucket(), request.destinationKey());
            return port.head(requests.head())
                    .thenCompose(stored -> ClientSideReads.isS3ec(stored)
                            ? inS3(kept(request, stored))
                            : facts.plain(requests.head(), stored, port)
                                    .thenCompose(plain ->
                                            plan(new Copy(request, requests, destination, stored, plain, port))));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Looks at the source of a part that S3 is to copy; what the part becomes is looked at where the upload is known.
     *
     * @return the request, bound to the content that was looked at
     */
    public CompletionStage<UploadPartCopyRequest> plan(UploadPartCopyRequest request, ReadPort port) {
        try {
            Optional<CopySource> source = CopySource.of(request);
            if (source.isEmpty() || !reads.mayRead(request, source.get().address())) {
                return CompletableFuture.completedFuture(request);
            }
            CopyObjectRequest.Builder whole = CopyObjectRequest.builder();
            Fields.copy(request, CopyObjectRequest.builder().build(), whole, name -> true);
            request.overrideConfiguration().ifPresent(whole::overrideConfiguration);
            return port.head(new SourceRequests(whole.build(), source.get()).head())
                    .handle((stored, failure) -> {
                        if (failure != null) {
                            // What is wrong with the source, the copy itself says better; it needs the same
                            // permissions.
                            return StageFailures.unwrap(failure) instanceof S3Exception
                                    ? CompletableFuture.completedFuture(request)
                                    : CompletableFuture.<UploadPartCopyRequest>failedFuture(
                                            StageFailures.unwrap(failure));
                        }
                        return CompletableFuture.completedFuture(ofPlain(request, source.get(), stored));
                    })
                    .thenCompose(Function.identity());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static UploadPartCopyRequest ofPlain(
            UploadPartCopyRequest request, CopySource source, HeadObjectResponse stored) {
        if (!ClientSideReads.isPlain(stored)) {
            throw new OperationRefusedException("UploadPartCopy from " + source.address()
                    + " is refused: the object is encrypted on the client, and S3 would copy a piece of its ciphertext, which nobody"
                    + " could read. Copy the whole object with CopyObject, or read the range and upload it as a part.");
        }
        return request.copySourceIfMatch() == null
                ? request.toBuilder().copySourceIfMatch(stored.eTag()).build()
                : request;
    }

    private CompletionStage<CopyPlan> plan(Copy copy) {
        if (!copy.sealed() && !reads.mayBeClientSide(copy.request(), copy.destination())) {
            return inS3(copy.request());
        }
        return tags(copy).thenCompose(tags -> {
            PutObjectRequest put = CopiedPut.of(copy.request(), copy.plain(), tags);
            Long length = copy.plain().contentLength();
            BodyFacts body = new BodyFacts(
                    length == null ? OptionalLong.empty() : OptionalLong.of(length), Optional.empty(), false);
            return transformer
                    .prepare(put, body)
                    .thenCompose(prepared -> ClientSideWrite.of(prepared.first())
                            .map(how -> toClientSide(copy, put, how))
                            .orElseGet(() -> toServerSide(copy, put, body)));
        });
    }

    private CompletionStage<CopyPlan> toServerSide(Copy copy, PutObjectRequest put, BodyFacts body) {
        if (!copy.sealed()) {
            return inS3(copy.request());
        }
        if (!transformer.statesMode(put, body)) {
            throw copy.refused(
                    "the source is encrypted on the client, and the rule of the destination has a server-side mode only by"
                            + " default, so S3 would get the plaintext without anybody having said so. Name the mode with EncryptionOverride on the copy,"
                            + " enforce it by a rule, or copy to where a rule is client-side.");
        }
        if (body.length().orElse(0) > ClientSideWrites.LARGEST_PUT) {
            throw copy.refused("it has " + body.length().getAsLong()
                    + " bytes, and S3 takes at most 5 GiB in one PUT. Read it, and upload it in parts.");
        }
        return throughClient(copy, put);
    }

    private CompletionStage<CopyPlan> toClientSide(Copy copy, PutObjectRequest put, ClientSideWrite how) {
        if (!copy.sealed()) {
            return throughClient(copy, put);
        }
        return readableThere(copy, how)
                .thenCompose(
                        readable -> readable ? inS3(kept(copy.request(), copy.stored())) : throughClient(copy, put));
    }

    /** Whether the message as it is is one the destination's mode would open under the destination's name. */
    private CompletionStage<Boolean> readableThere(Copy copy, ClientSideWrite how) {
        if (how.mode().format() != ClientSideFormat.ENCRYPTION_SDK) {
            return CompletableFuture.completedFuture(false);
        }
        CompletionStage<Optional<MessageHeader>> header =
                reads.header(copy.source().head(), copy.stored(), copy.port());
        return header.thenCompose(found -> found.filter(
                        message -> message.encryptionContext().equals(how.context()))
                .map(message -> reads.keys()
                        .open(message, how.keyring())
                        .handle((opened, failure) -> {
                            if (failure == null) {
                                try (opened) {
                                    IdentityCheck identity = opened.identity(how.identity());
                                    return CompletableFuture.completedFuture(
                                            identity == IdentityCheck.MATCHED || identity == IdentityCheck.NOT_ASKED);
                                }
                            }
                            Throwable cause = StageFailures.unwrap(failure);
                            return cause instanceof KeyringException || cause instanceof AwsServiceException
                                    ? CompletableFuture.completedFuture(false)
                                    : CompletableFuture.<Boolean>failedFuture(cause);
                        })
                        .thenCompose(Function.identity()))
                .orElseGet(() -> CompletableFuture.completedFuture(false)));
    }

    private CompletionStage<CopyPlan> throughClient(Copy copy, PutObjectRequest put) {
        Long length = copy.plain().contentLength();
        if (length == null) {
            throw copy.refused(
                    "the source is a signed or unframed message, whose length is known when it has been read. Read it, and"
                            + " write it as another object.");
        }
        CopyPlan plan = new CopyPlan.ThroughClient(
                copy.source().get(copy.stored().eTag()),
                put,
                length,
                copy.stored().versionId());
        return conditions(copy).thenApply(met -> plan);
    }

    /** S3 judges the conditions of the copy by those of a HEAD; a copy that does not meet them answers 412, whichever it was. */
    private static CompletionStage<Void> conditions(Copy copy) {
        if (!copy.source().conditional()) {
            return CompletableFuture.completedFuture(null);
        }
        return copy.port().head(copy.source().conditionalHead()).handle((answer, failure) -> {
            Throwable cause = failure == null ? null : StageFailures.unwrap(failure);
            if (cause instanceof S3Exception s3
                    && (s3.statusCode() == NOT_MODIFIED || s3.statusCode() == PRECONDITION_FAILED)) {
                throw preconditionFailed(s3);
            }
            if (cause instanceof RuntimeException other) {
                throw other;
            }
            return null;
        });
    }

    private static S3Exception preconditionFailed(S3Exception head) {
        String message = "At least one of the pre-conditions you specified did not hold";
        return (S3Exception) S3Exception.builder()
                .statusCode(PRECONDITION_FAILED)
                .message(message + " (Service: S3, Status Code: 412, Request ID: " + head.requestId() + ")")
                .requestId(head.requestId())
                .extendedRequestId(head.extendedRequestId())
                .awsErrorDetails(AwsErrorDetails.builder()
                        .serviceName("S3")
                        .errorCode("PreconditionFailed")
                        .errorMessage(message)
                        .build())
                .build();
    }

    /** The tags of the source: the count in an answer to HEAD is left out too where the caller may not read them. A server that knows no tags has none. */
    private static CompletionStage<List<Tag>> tags(Copy copy) {
        if (!CopiedPut.copiesTags(copy.request())) {
            return CompletableFuture.completedFuture(List.of());
        }
        return copy.port().tags(copy.source().tags()).handle((answer, failure) -> {
            if (failure == null) {
                return answer.tagSet();
            }
            Throwable cause = StageFailures.unwrap(failure);
            if (cause instanceof S3Exception s3 && s3.statusCode() == NOT_IMPLEMENTED) {
                return List.<Tag>of();
            }
            if (cause instanceof S3Exception s3 && s3.statusCode() == FORBIDDEN) {
                OperationRefusedException refusal =
                        copy.refused("its tags come from the source, and S3 does not let them be read"
                                + " (s3:GetObjectTagging). Grant that, or set taggingDirective REPLACE.");
                refusal.addSuppressed(s3);
                throw refusal;
            }
            throw cause instanceof RuntimeException other ? other : new CompletionException(failure);
        });
    }

    private CompletionStage<CopyPlan> inS3(CopyObjectRequest request) {
        return transformer
                .prepare(request, BodyFacts.NONE)
                .thenApply((Attempts<CopyObjectRequest> attempts) -> new CopyPlan.InS3(attempts));
    }

    /** The copy of the bytes that were looked at, with the entries of the metadata that say what they are. */
    private static CopyObjectRequest kept(CopyObjectRequest request, HeadObjectResponse stored) {
        CopyObjectRequest.Builder kept = request.toBuilder();
        if (request.metadataDirective() == MetadataDirective.REPLACE) {
            Map<String, String> metadata = new HashMap<>(PlainAnswers.own(request.metadata()));
            stored.metadata().forEach((name, value) -> {
                if (name.equalsIgnoreCase(LayoutHint.METADATA_NAME) || S3ecMetadata.isReserved(name)) {
                    metadata.put(name, value);
                }
            });
            kept.metadata(metadata);
        }
        if (request.copySourceIfMatch() == null) {
            kept.copySourceIfMatch(stored.eTag());
        }
        return SealedCopy.on(kept.build());
    }
}
