package dev.s3envelope.s3.internal.legacy;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.s3ec.S3ecFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3AsyncEncryptionClient;
import software.amazon.encryption.s3.internal.InstructionFileConfig;
import software.amazon.encryption.s3.materials.Keyring;

/**
 * Lets amazon-s3-encryption-client-java decrypt. It gets the object and the instruction file from memory, so that requests are made as all others
 * are, and its plaintext is taken whole, so that whatever it verifies is verified before a byte is given out.
 */
public final class S3ecLegacyObjects implements LegacyObjects {
    private static final String INSTRUCTION = ".instruction";
    private static final int NOT_FOUND = 404;

    private final Keyring keyring;
    private final boolean ownCredentials;
    private final long maxLength;
    private final Executor blocking;

    /**
     * A reader with one key.
     *
     * @param keyring the library's, with its legacy wrapping algorithms enabled
     * @param ownCredentials whether the keyring makes calls with credentials of its own, whoever makes the request
     * @param maxLength of an object, in stored bytes; it is held in memory twice
     * @param blocking runs the library, which waits for KMS
     */
    public S3ecLegacyObjects(Keyring keyring, boolean ownCredentials, long maxLength, Executor blocking) {
        this.keyring = keyring;
        this.ownCredentials = ownCredentials;
        this.maxLength = maxLength;
        this.blocking = blocking;
    }

    @Override
    public CompletionStage<Optional<ResponseBytes<GetObjectResponse>>> read(
            GetObjectRequest asked, HeadObjectResponse head, Fetch fetch) {
        if (Optional.ofNullable(head.metadata().get(LayoutHint.METADATA_NAME))
                .flatMap(LayoutHint::parse)
                .isPresent()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        S3ecFormat format = S3ecFormat.of(head.metadata());
        if (format == S3ecFormat.INSTRUCTION_FILE || format == S3ecFormat.V2 || format == S3ecFormat.V3) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        if (format == S3ecFormat.V1 || format == S3ecFormat.V2_LEGACY) {
            return decrypt(asked, head, Map.of(), fetch).thenApply(Optional::of);
        }
        String name = asked.key() + INSTRUCTION;
        return fetch.whole(only(asked).key(name).build())
                .handle((file, failure) -> {
                    if (failure == null) {
                        return decrypt(asked, head, Map.of(name, file), fetch).thenApply(Optional::of);
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    boolean none = cause instanceof NoSuchKeyException
                            || (cause instanceof S3Exception s3 && s3.statusCode() == NOT_FOUND);
                    return none && format == S3ecFormat.NONE
                            ? CompletableFuture.completedFuture(Optional.<ResponseBytes<GetObjectResponse>>empty())
                            : CompletableFuture.<Optional<ResponseBytes<GetObjectResponse>>>failedFuture(cause);
                })
                .thenCompose(stage -> stage);
    }

    private CompletionStage<ResponseBytes<GetObjectResponse>> decrypt(
            GetObjectRequest asked,
            HeadObjectResponse head,
            Map<String, ResponseBytes<GetObjectResponse>> instruction,
            Fetch fetch) {
        if (ownCredentials
                && asked.overrideConfiguration()
                        .flatMap(own -> own.credentialsIdentityProvider())
                        .isPresent()) {
            return refused(
                    asked,
                    "the request has credentials of its own, and legacy objects are unwrapped with those of the configured"
                            + " KMS client: leave the credentials out, or make a client for them");
        }
        long length = head.contentLength();
        if (length > maxLength) {
            return refused(
                    asked,
                    "it has " + length + " bytes, and legacy objects are held in memory, up to " + maxLength
                            + " bytes: raise the limit, or read it with amazon-s3-encryption-client-java");
        }
        GetObjectRequest whole = asked.toBuilder()
                .range(null)
                .partNumber(null)
                .ifMatch(asked.ifMatch() == null ? head.eTag() : asked.ifMatch())
                .build();
        return fetch.whole(whole)
                .thenApplyAsync(
                        stored -> {
                            Map<String, ResponseBytes<GetObjectResponse>> answers = new LinkedHashMap<>(instruction);
                            answers.put(asked.key(), stored);
                            return ResponseBytes.fromByteArrayUnsafe(stored.response(), decrypt(asked, answers));
                        },
                        blocking);
    }

    private byte[] decrypt(GetObjectRequest asked, Map<String, ResponseBytes<GetObjectResponse>> answers) {
        StoredAnswers stored = new StoredAnswers(answers);
        try {
            // Not closed: the library's client owns nothing but the one it wraps.
            return S3AsyncEncryptionClient.builderV4()
                    .wrappedClient(stored)
                    .keyring(keyring)
                    .enableLegacyWrappingAlgorithms(true)
                    .enableLegacyUnauthenticatedModes(true)
                    .enableDelayedAuthenticationMode(false)
                    .setBufferSize(Math.max(64, maxLength))
                    .commitmentPolicy(CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
                    .instructionFileConfig(InstructionFileConfig.builder()
                            .instructionFileAsyncClient(stored)
                            .build())
                    .build()
                    .getObject(b -> b.bucket(asked.bucket()).key(asked.key()), AsyncResponseTransformer.toBytes())
                    .join()
                    .asByteArrayUnsafe();
        } catch (RuntimeException e) {
            Throwable cause = StageFailures.unwrap(e);
            for (Throwable t = cause; t != null; t = t.getCause()) {
                if (t instanceof AwsServiceException service) {
                    throw service;
                }
            }
            throw new IntegrityException(
                    "The object " + asked.bucket() + "/" + asked.key()
                            + " is a legacy object of the S3 Encryption Client and does not decrypt: another key, or it was changed ("
                            + cause.getMessage() + "). Nothing of it was given out.",
                    cause);
        }
    }

    /** The caller's request for another object, of which no part is picked and no condition set. */
    private static GetObjectRequest.Builder only(GetObjectRequest asked) {
        return asked.toBuilder()
                .range(null)
                .partNumber(null)
                .versionId(null)
                .ifMatch(null)
                .ifNoneMatch(null)
                .ifModifiedSince(null)
                .ifUnmodifiedSince(null);
    }

    private static <T> CompletionStage<T> refused(GetObjectRequest asked, String why) {
        return CompletableFuture.failedFuture(new OperationRefusedException("The object " + asked.bucket() + "/"
                + asked.key() + " is a legacy object of the S3 Encryption Client and is not read: " + why
                + ". Its bytes were not given out."));
    }
}
