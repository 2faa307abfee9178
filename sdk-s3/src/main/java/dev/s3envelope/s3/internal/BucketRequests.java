package dev.s3envelope.s3.internal;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.guard.RequestedEncryption;
import dev.s3envelope.core.mode.BucketDefault;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.mode.SseS3;
import dev.s3envelope.core.policy.ObjectDescription;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateSessionRequest;
import software.amazon.awssdk.services.s3.model.Encryption;
import software.amazon.awssdk.services.s3.model.MetadataEntry;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.RestoreObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Location;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.Tag;

/** The requests that state the encryption of objects yet to come: bucket defaults, sessions, output locations. */
final class BucketRequests {
    private final Decisions decisions;
    private final EncryptionFields encryption;
    private final HeaderFields fields;

    BucketRequests(Decisions decisions, EncryptionFields encryption, HeaderFields fields) {
        this.decisions = decisions;
        this.encryption = encryption;
        this.fields = fields;
    }

    /** A bucket's default. S3 does not look at the key here, and everyone's later writes depend on it. */
    CompletionStage<Attempts<PutBucketEncryptionRequest>> bucketDefault(PutBucketEncryptionRequest request) {
        if (request.bucket() == null || request.serverSideEncryptionConfiguration() == null) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        List<ServerSideEncryptionRule> rules =
                request.serverSideEncryptionConfiguration().rules();
        if (rules.size() != 1) {
            throw new IllegalEncryptionException("The default encryption of bucket " + request.bucket()
                    + " has exactly one rule; the request has " + rules.size() + ".");
        }
        ServerSideEncryptionRule rule = rules.get(0);
        ServerSideEncryptionByDefault stated = rule.applyServerSideEncryptionByDefault();
        if (stated == null) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        boolean keysOfS3 = ServerSideHeaders.AES256.equals(stated.sseAlgorithmAsString());
        ServerSideMode mode = RequestedEncryption.builder()
                .serverSideEncryption(stated.sseAlgorithmAsString())
                .kmsKeyId(stated.kmsMasterKeyID())
                // S3 accepts a bucket key beside AES256 in a bucket's default and ignores it.
                .bucketKeyEnabled(keysOfS3 ? null : rule.bucketKeyEnabled())
                .build()
                .mode()
                .orElseThrow(() -> new IllegalEncryptionException("The default encryption of bucket " + request.bucket()
                        + " names no algorithm. Use AES256, aws:kms or aws:kms:dsse."));
        return decisions
                .check(request, request.bucket(), mode)
                .thenApply(checked -> Attempts.one(request.toBuilder()
                        .serverSideEncryptionConfiguration(configuration -> configuration.rules(rule.toBuilder()
                                .applyServerSideEncryptionByDefault(stated.toBuilder()
                                        .kmsMasterKeyID(keyText(checked))
                                        .build())
                                .build()))
                        .build()));
    }

    /** The session of a directory bucket fixes the encryption of the writes made with it; only what is stated is judged. */
    CompletionStage<Attempts<CreateSessionRequest>> session(CreateSessionRequest request) {
        Optional<ServerSideMode> stated = encryption.ofWrite(request).mode();
        if (request.bucket() == null || stated.isEmpty()) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        return decisions
                .check(request, request.bucket(), stated.get())
                .thenApply(mode -> Attempts.one(
                        fields.with(request, ServerSideHeaders.write(mode, null).headers())));
    }

    /** What a restore writes besides the object itself: the results of a select, at a location of their own. */
    CompletionStage<Attempts<RestoreObjectRequest>> restore(RestoreObjectRequest request) {
        @Nullable
        S3Location location =
                request.restoreRequest() == null || request.restoreRequest().outputLocation() == null
                        ? null
                        : request.restoreRequest().outputLocation().s3();
        if (location == null || location.bucketName() == null) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        @Nullable Encryption stated = location.encryption();
        Optional<ServerSideMode> asked = stated == null
                ? Optional.empty()
                : RequestedEncryption.builder()
                        .serverSideEncryption(stated.encryptionTypeAsString())
                        .kmsKeyId(stated.kmsKeyId())
                        .context(stated.kmsContext())
                        .build()
                        .mode();
        return decisions.decide(request, output(location), asked).thenApply(mode -> {
            @Nullable Encryption encryptionOfOutput = outputEncryption(location, mode);
            return Attempts.one(request.toBuilder()
                    .restoreRequest(request.restoreRequest().toBuilder()
                            .outputLocation(output -> output.s3(location.toBuilder()
                                    .encryption(encryptionOfOutput)
                                    .build()))
                            .build())
                    .build());
        });
    }

    /** Output objects are named by S3 below the prefix; the rule of the prefix is theirs. */
    private static ObjectDescription output(S3Location location) {
        String prefix = location.prefix() == null || location.prefix().isEmpty() ? "output" : location.prefix();
        Map<String, String> metadata = location.userMetadata().stream()
                .filter(entry -> entry.name() != null && entry.value() != null)
                .collect(Collectors.toMap(MetadataEntry::name, MetadataEntry::value, (first, second) -> second));
        Map<String, String> tags = location.tagging() == null
                ? Map.of()
                : location.tagging().tagSet().stream()
                        .collect(Collectors.toMap(Tag::key, Tag::value, (first, second) -> second));
        return ObjectDescription.builder(location.bucketName(), prefix)
                .metadata(metadata)
                .tags(tags)
                .build();
    }

    private static @Nullable Encryption outputEncryption(S3Location location, EncryptionMode mode) {
        if (mode instanceof SseS3) {
            return Encryption.builder().encryptionType(ServerSideHeaders.AES256).build();
        }
        if (mode instanceof SseKms kms && kms.bucketKey() != BucketKey.ENABLED) {
            return kms(ServerSideHeaders.AWS_KMS, kms, kms.context());
        }
        if (mode instanceof DsseKms dsse) {
            return kms(ServerSideHeaders.AWS_KMS_DSSE, dsse, dsse.context());
        }
        if (mode instanceof BucketDefault) {
            return location.encryption();
        }
        throw new OperationRefusedException("The output of RestoreObject at s3://" + location.bucketName() + "/"
                + location.prefix() + " would be " + mode
                + ", which an output location cannot express. Give it a location with another rule.");
    }

    private static Encryption kms(String type, ServerSideMode mode, ContextPairs context) {
        return Encryption.builder()
                .encryptionType(type)
                .kmsKeyId(keyText(mode))
                .kmsContext(context.isEmpty() ? null : context.headerValue())
                .build();
    }

    private static @Nullable String keyText(ServerSideMode mode) {
        Optional<KeyReference> key = Optional.empty();
        if (mode instanceof SseKms kms) {
            key = kms.key();
        } else if (mode instanceof DsseKms dsse) {
            key = dsse.key();
        }
        return key.map(KeyReference::text).orElse(null);
    }
}
