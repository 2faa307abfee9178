package dev.s3envelope.kms;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.guard.KeyDirectory;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.internal.StageFailures;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.InvalidArnException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.NotFoundException;

/**
 * Looks keys up with KMS DescribeKey: one call each time it is asked, nothing remembered (the write guard does that). The
 * caller needs {@code kms:DescribeKey}; a key or alias of another account is found by its ARN only, and only in the Region
 * of the client.
 *
 * <p>A key KMS does not know fails with {@link IllegalKeyException}; anything else that keeps KMS from answering (not
 * permitted, throttled, unreachable) with {@link LookupFailedException}, which says nothing against the key. Source: AWS KMS API
 * Reference, "DescribeKey". Safe for use by several threads. The client is the application's: it is never closed here.
 */
public final class KmsKeyDirectory implements KeyDirectory {
    private final Function<DescribeKeyRequest, CompletableFuture<DescribeKeyResponse>> describe;

    private KmsKeyDirectory(Function<DescribeKeyRequest, CompletableFuture<DescribeKeyResponse>> describe) {
        this.describe = describe;
    }

    /** Over a synchronous client: the call is made, and the stage completed, before {@link #describe} returns. */
    public static KmsKeyDirectory of(KmsClient client) {
        Objects.requireNonNull(client, "client");
        return new KmsKeyDirectory(request -> CompletableFuture.completedFuture(client.describeKey(request)));
    }

    /** Over an asynchronous client: the stage completes on the client's completion thread, and nothing blocks. */
    public static KmsKeyDirectory of(KmsAsyncClient client) {
        Objects.requireNonNull(client, "client");
        return new KmsKeyDirectory(client::describeKey);
    }

    @Override
    public CompletionStage<KeyFacts> describe(KeyReference key) {
        CompletableFuture<DescribeKeyResponse> answer;
        try {
            answer = describe.apply(
                    DescribeKeyRequest.builder().keyId(key.text()).build());
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((response, failure) -> {
            if (failure != null) {
                throw explained(key, StageFailures.unwrap(failure));
            }
            return facts(key, response.keyMetadata());
        });
    }

    private static KeyFacts facts(KeyReference key, KeyMetadata metadata) {
        if (metadata == null || metadata.arn() == null) {
            throw new LookupFailedException(
                    "KMS described key " + key + " without its ARN. Give the full key ARN instead.");
        }
        return new KeyFacts(
                KeyArn.parse(metadata.arn()),
                manager(metadata),
                state(metadata),
                metadata.keyUsage() == KeyUsageType.ENCRYPT_DECRYPT && metadata.keySpec() == KeySpec.SYMMETRIC_DEFAULT);
    }

    private static KeyFacts.Manager manager(KeyMetadata metadata) {
        if (metadata.keyManager() == null) {
            return KeyFacts.Manager.UNKNOWN;
        }
        return switch (metadata.keyManager()) {
            case AWS -> KeyFacts.Manager.AWS;
            case CUSTOMER -> KeyFacts.Manager.CUSTOMER;
            case UNKNOWN_TO_SDK_VERSION -> KeyFacts.Manager.UNKNOWN;
        };
    }

    static KeyFacts.State state(KeyMetadata metadata) {
        if (metadata.keyState() == null) {
            return KeyFacts.State.UNKNOWN;
        }
        return switch (metadata.keyState()) {
            case CREATING -> KeyFacts.State.CREATING;
            case ENABLED -> KeyFacts.State.ENABLED;
            case DISABLED -> KeyFacts.State.DISABLED;
            case PENDING_DELETION -> KeyFacts.State.PENDING_DELETION;
            case PENDING_IMPORT -> KeyFacts.State.PENDING_IMPORT;
            case PENDING_REPLICA_DELETION -> KeyFacts.State.PENDING_REPLICA_DELETION;
            case UNAVAILABLE -> KeyFacts.State.UNAVAILABLE;
            case UPDATING -> KeyFacts.State.UPDATING;
            case UNKNOWN_TO_SDK_VERSION -> KeyFacts.State.UNKNOWN;
        };
    }

    private static EnvelopeException explained(KeyReference key, Throwable failure) {
        if (failure instanceof EnvelopeException refused) {
            return refused;
        }
        String said = said(failure);
        if (failure instanceof NotFoundException || failure instanceof InvalidArnException) {
            String remedy = said.startsWith("Invalid arn")
                    ? "KMS says this of an ARN of another Region than its client's: use a KMS client of the key's Region, and a key"
                            + " of the bucket's."
                    : "Check the name, the account of the credentials and the Region of the KMS client, or give the full key ARN.";
            return new IllegalKeyException("KMS knows no key " + key + " (" + said + "). " + remedy, failure);
        }
        if (code(failure).equals("AccessDeniedException")) {
            return new LookupFailedException(
                    "Key " + key + " could not be looked up: kms:DescribeKey is not permitted (" + said
                            + "). Allow it to these credentials, or give the full key ARN, which needs no look-up.",
                    failure);
        }
        return new LookupFailedException(
                "Key " + key + " could not be looked up with kms:DescribeKey: " + said
                        + ". Try again, or give the full key ARN, which needs no look-up.",
                failure);
    }

    private static String code(Throwable failure) {
        AwsErrorDetails details = failure instanceof AwsServiceException service ? service.awsErrorDetails() : null;
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    private static String said(Throwable failure) {
        AwsErrorDetails details = failure instanceof AwsServiceException service ? service.awsErrorDetails() : null;
        String message = details == null ? failure.getMessage() : details.errorMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}
