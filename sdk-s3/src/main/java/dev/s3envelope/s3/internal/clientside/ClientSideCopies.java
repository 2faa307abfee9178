package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.CopySource;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Copies within S3 of objects that are encrypted on the client. The ciphertext stays as it is, so a copy is made only where it can be read at its destination:
 * the header is opened with the keys of the destination and must be bound to its name, or to none. The marker in the metadata goes with the object even where the caller
 * replaces its metadata.
 */
public final class ClientSideCopies {
    private static final ExecutionAttribute<Boolean> SEALED =
            new ExecutionAttribute<>("dev.s3envelope.s3.CopyOfSealedObject");

    private final ClientSideReads reads;

    /** Copies of one client. */
    public ClientSideCopies(ClientSideReads reads) {
        this.reads = reads;
    }

    /** Whether a copy was found to be of an object whose bytes are ciphertext, to be kept as they are. */
    public static boolean ofSealed(S3Request request) {
        return RequestAttributes.get(request, SEALED).orElse(false);
    }

    /** Looks at the source of a copy, with one HEAD and, of a sealed object, the bytes of its header. */
    public CompletionStage<Attempts<CopyObjectRequest>> prepare(
            CopyObjectRequest request,
            ReadPort port,
            Function<CopyObjectRequest, CompletionStage<Attempts<CopyObjectRequest>>> transform) {
        try {
            Optional<CopySource> source = CopySource.of(request);
            if (source.isEmpty() || request.destinationBucket() == null || request.destinationKey() == null) {
                return transform.apply(request);
            }
            return port.head(head(request, source.get()))
                    .thenCompose(answer -> checked(request, source.get(), answer, port))
                    .thenCompose(transform);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<CopyObjectRequest> checked(
            CopyObjectRequest request, CopySource source, HeadObjectResponse answer, ReadPort port) {
        StoredForm form = StoredForm.of(answer.metadata());
        if (form.kind() == StoredForm.Kind.PLAIN) {
            return CompletableFuture.completedFuture(request);
        }
        CopyObjectRequest kept = kept(request, answer);
        if (form.kind() == StoredForm.Kind.S3EC) {
            return CompletableFuture.completedFuture(kept);
        }
        GetObjectRequest.Builder header = GetObjectRequest.builder()
                .bucket(source.address().bucket())
                .key(source.address().key())
                .versionId(source.versionId().orElse(null))
                .ifMatch(answer.eTag())
                .range(new ByteSpan(0, form.hint().orElseThrow().headerLength()).toRangeHeader())
                .sseCustomerAlgorithm(request.copySourceSSECustomerAlgorithm())
                .sseCustomerKey(request.copySourceSSECustomerKey())
                .sseCustomerKeyMD5(request.copySourceSSECustomerKeyMD5())
                .expectedBucketOwner(request.expectedSourceBucketOwner());
        RequestAttributes.credentialsOf(request).ifPresent(header::overrideConfiguration);
        ObjectAddress destination = new ObjectAddress(request.destinationBucket(), request.destinationKey());
        return reads.reader(request, destination)
                .thenCompose(reader -> port.bytes(header.build())
                        .thenCompose(bytes -> reads.keys()
                                .open(parse(bytes.asByteArrayUnsafe(), source.address()), reader.keyrings())
                                .thenApply(message -> {
                                    try (message) {
                                        IdentityCheck identity = message.identity(reader.identity());
                                        if (identity == IdentityCheck.MISMATCH) {
                                            throw new OperationRefusedException(
                                                    "CopyObject of " + source.address() + " to "
                                                            + destination
                                                            + " is refused: the object is encrypted on the client and bound to its name, so the copy could not"
                                                            + " be read there. Read it and write it through the client, or write objects that are to be"
                                                            + " copied with the identity OFF.");
                                        }
                                        return kept;
                                    }
                                })));
    }

    private MessageHeader parse(byte[] bytes, ObjectAddress source) {
        HeaderParser parser = reads.keys().engine().headerParser();
        parser.feed(ByteBuffer.wrap(bytes));
        return parser.header()
                .orElseThrow(() -> new IntegrityException(
                        "The header of " + source + " does not end where its metadata says: one of them was changed."));
    }

    /** The copy of what was looked at, with its marker. */
    private static CopyObjectRequest kept(CopyObjectRequest request, HeadObjectResponse answer) {
        CopyObjectRequest.Builder kept = request.toBuilder();
        if (request.metadataDirective() == MetadataDirective.REPLACE) {
            Map<String, String> metadata = new HashMap<>(PlainAnswers.own(request.metadata()));
            answer.metadata().forEach((name, value) -> {
                if (name.equalsIgnoreCase(LayoutHint.METADATA_NAME) || S3ecMetadata.isReserved(name)) {
                    metadata.put(name, value);
                }
            });
            kept.metadata(metadata);
        }
        if (request.copySourceIfMatch() == null) {
            kept.copySourceIfMatch(answer.eTag());
        }
        return RequestAttributes.with(kept.build(), SEALED, true);
    }

    private static HeadObjectRequest head(CopyObjectRequest request, CopySource source) {
        HeadObjectRequest.Builder head = HeadObjectRequest.builder()
                .bucket(source.address().bucket())
                .key(source.address().key())
                .versionId(source.versionId().orElse(null))
                .requestPayer(request.requestPayerAsString())
                .expectedBucketOwner(request.expectedSourceBucketOwner())
                .sseCustomerAlgorithm(request.copySourceSSECustomerAlgorithm())
                .sseCustomerKey(request.copySourceSSECustomerKey())
                .sseCustomerKeyMD5(request.copySourceSSECustomerKeyMD5());
        RequestAttributes.credentialsOf(request).ifPresent(head::overrideConfiguration);
        return head.build();
    }
}
