package dev.s3envelope.s3.internal;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.guard.RequestedEncryption;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.policy.PolicyDecision;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.PutObjectAnnotationRequest;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SSEKMSEncryption;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;
import software.amazon.awssdk.services.s3.model.WriteGetObjectResponseRequest;

/** The requests that state or depend on an object's encryption in a way of their own. */
final class SpecialRequests {
    private final EncryptionPolicy policy;
    private final Decisions decisions;

    SpecialRequests(EncryptionPolicy policy, Decisions decisions) {
        this.policy = policy;
        this.decisions = decisions;
    }

    /**
     * The bytes stay as they are encrypted, under another name. Where the rule of the new name enforces a mode, the rule of the
     * old name must give the same, or the object would sit where its encryption is forbidden.
     */
    CompletionStage<Attempts<RenameObjectRequest>> rename(RenameObjectRequest request) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), null);
        String source = request.renameSource();
        if (object.isPresent() && source != null && !source.isEmpty()) {
            String from = renamedKey(request.bucket(), source);
            PolicyDecision before = policy.decide(ObjectDescription.of(request.bucket(), from));
            PolicyDecision after = policy.decide(ObjectDescription.of(request.bucket(), request.key()));
            Decisions.requireServerSide(request, object.get().address(), after.mode());
            Decisions.requireServerSide(request, object.get().address(), before.mode());
            if (after.enforced() && !after.mode().equals(before.mode())) {
                throw new OperationRefusedException("Renaming " + from + " to " + request.key() + " in bucket "
                        + request.bucket() + " keeps its encryption (" + before.mode() + " by rule \""
                        + before.rule().name() + "\"), but rule \""
                        + after.rule().name() + "\" enforces " + after.mode()
                        + " there. Copy the object instead: a copy is encrypted anew.");
            }
        }
        return one(request);
    }

    private static String renamedKey(String bucket, String source) {
        String path = CopySource.decode(source);
        String relative = path.startsWith("/") ? path.substring(1) : path;
        return relative.startsWith(bucket + "/") ? relative.substring(bucket.length() + 1) : relative;
    }

    /**
     * Another key for an object that stays where it is. S3 takes a full key ARN only (Amazon S3 API Reference,
     * UpdateObjectEncryption), and what the rule of the object says holds here as for a write. Of an object that is encrypted on the client it
     * changes the layer beneath, so the server-side part of its mode counts.
     */
    CompletionStage<Attempts<UpdateObjectEncryptionRequest>> update(UpdateObjectEncryptionRequest request) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
        if (object.isEmpty() || request.objectEncryption() == null) {
            return one(request);
        }
        SSEKMSEncryption kms = request.objectEncryption().ssekms();
        if (kms == null || kms.kmsKeyArn() == null) {
            throw new IllegalEncryptionException(
                    "UpdateObjectEncryption of " + object.get().address()
                            + " names no KMS key. It changes objects to SSE-KMS only, under a key given by its full ARN.");
        }
        SseKms stated = SseKms.builder(KeyArn.parse(kms.kmsKeyArn()))
                .bucketKey(bucketKey(kms.bucketKeyEnabled()))
                .build();
        return decisions
                .decide(request, ObjectDescription.of(request.bucket(), request.key()), Optional.of(stated))
                .thenApply(mode -> Attempts.one(request.toBuilder()
                        .objectEncryption(encryption -> encryption.ssekms(updated(request, mode)))
                        .build()));
    }

    private static SSEKMSEncryption updated(UpdateObjectEncryptionRequest request, EncryptionMode mode) {
        if (!(mode.serverSide() instanceof SseKms kms) || !(kms.key().orElse(null) instanceof KeyArn arn)) {
            throw new OperationRefusedException("UpdateObjectEncryption of " + request.bucket() + "/" + request.key()
                    + " changes the object to SSE-KMS under a key ARN, but its mode is " + mode
                    + ". Upload or copy the object instead.");
        }
        return SSEKMSEncryption.builder()
                .kmsKeyArn(arn.text())
                .bucketKeyEnabled(kms.bucketKey() == BucketKey.UNSET ? null : kms.bucketKey() == BucketKey.ENABLED)
                .build();
    }

    /** The encryption an Object Lambda function reports with its answer must be one that S3 could have. */
    CompletionStage<Attempts<WriteGetObjectResponseRequest>> writeGetObjectResponse(
            WriteGetObjectResponseRequest request) {
        if (request.sseCustomerAlgorithm() != null || request.sseCustomerKeyMD5() != null) {
            if (request.serverSideEncryption() != null || request.ssekmsKeyId() != null) {
                throw new IllegalEncryptionException(
                        "WriteGetObjectResponse reports both a customer-provided key (SSE-C) and "
                                + "server-side encryption with another; S3 encrypts an object in one way only.");
            }
            return one(request);
        }
        String encryption = request.serverSideEncryptionAsString();
        if (encryption != null || request.ssekmsKeyId() != null) {
            RequestedEncryption.builder()
                    .serverSideEncryption(encryption)
                    .kmsKeyId(request.ssekmsKeyId())
                    .bucketKeyEnabled(request.bucketKeyEnabled())
                    .build()
                    .mode();
        }
        return one(request);
    }

    /**
     * S3 runs the query on what it stores, which it cannot read where the client encrypted it.
     *
     * @throws OperationRefusedException if the object's rule is client-side
     */
    void requireSelectable(SelectObjectContentRequest request) {
        if (request.bucket() == null || request.key() == null) {
            return;
        }
        EncryptionMode mode = policy.decide(ObjectDescription.of(request.bucket(), request.key()))
                .mode();
        if (!(mode instanceof ServerSideMode)) {
            throw new OperationRefusedException("SelectObjectContent of " + request.bucket() + "/" + request.key()
                    + " is refused: its mode is " + mode
                    + ", so S3 would run the query on ciphertext. Read the object, or ranges of it, instead.");
        }
    }

    /** S3 encrypts an annotation as it encrypts its object, so the payload of one is S3's to see. */
    CompletionStage<Attempts<PutObjectAnnotationRequest>> annotate(PutObjectAnnotationRequest request) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
        if (object.isPresent()) {
            Decisions.requireServerSide(
                    request,
                    object.get().address(),
                    policy.decide(ObjectDescription.of(request.bucket(), request.key()))
                            .mode());
        }
        return one(request);
    }

    private static BucketKey bucketKey(@Nullable Boolean enabled) {
        if (enabled == null) {
            return BucketKey.UNSET;
        }
        return enabled ? BucketKey.ENABLED : BucketKey.DISABLED;
    }

    private static <T extends S3Request> CompletionStage<Attempts<T>> one(T request) {
        return CompletableFuture.completedFuture(Attempts.one(request));
    }
}
