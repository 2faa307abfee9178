package dev.s3envelope.kms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.guard.KeyDirectory;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.guard.WriteTarget;
import dev.s3envelope.core.mode.EncryptionMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.InvalidArnException;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.NotFoundException;

class KmsKeyDirectoryTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final KeyReference ALIAS = KeyReference.parse("alias/mine");

    private final List<String> asked = new ArrayList<>();

    /** Answers every DescribeKey alike; whatever else is called throws, as the SDK's interface does by default. */
    private KmsClient answering(KeyMetadata metadata) {
        return client(DescribeKeyResponse.builder().keyMetadata(metadata).build(), null);
    }

    private KmsClient failing(RuntimeException failure) {
        return client(DescribeKeyResponse.builder().build(), failure);
    }

    private KmsClient client(DescribeKeyResponse response, @Nullable RuntimeException failure) {
        return new KmsClient() {
            @Override
            public DescribeKeyResponse describeKey(DescribeKeyRequest request) {
                asked.add(request.keyId());
                if (failure != null) {
                    throw failure;
                }
                return response;
            }

            @Override
            public String serviceName() {
                return "kms";
            }

            @Override
            public void close() {
                throw new AssertionError("not ours to close");
            }
        };
    }

    private KmsAsyncClient async(CompletableFuture<DescribeKeyResponse> answer) {
        return new KmsAsyncClient() {
            @Override
            public CompletableFuture<DescribeKeyResponse> describeKey(DescribeKeyRequest request) {
                asked.add(request.keyId());
                return answer;
            }

            @Override
            public String serviceName() {
                return "kms";
            }

            @Override
            public void close() {
                throw new AssertionError("not ours to close");
            }
        };
    }

    private static KeyMetadata.Builder metadata() {
        return KeyMetadata.builder()
                .arn(ARN)
                .keyManager(KeyManagerType.CUSTOMER)
                .keyState(KeyState.ENABLED)
                .keyUsage(KeyUsageType.ENCRYPT_DECRYPT)
                .keySpec(KeySpec.SYMMETRIC_DEFAULT);
    }

    private static KeyFacts facts(KeyDirectory directory) {
        CompletableFuture<KeyFacts> stage = directory.describe(ALIAS).toCompletableFuture();
        assertTrue(stage.isDone(), "a synchronous client answers before the method returns");
        return stage.join();
    }

    private static <E extends EnvelopeException> E refused(
            Class<E> type, KeyDirectory directory, String... essentials) {
        CompletionException e = assertThrows(
                CompletionException.class,
                () -> directory.describe(ALIAS).toCompletableFuture().join());
        E refusal = assertInstanceOf(type, e.getCause());
        for (String essential : essentials) {
            assertTrue(String.valueOf(refusal.getMessage()).contains(essential), refusal::getMessage);
        }
        return refusal;
    }

    private static AwsErrorDetails details(String code, String message) {
        return AwsErrorDetails.builder().errorCode(code).errorMessage(message).build();
    }

    @Test
    void describesTheKey_byTheNameItWasGiven() {
        assertEquals(
                KeyFacts.enabled(KeyArn.parse(ARN)),
                facts(KmsKeyDirectory.of(answering(metadata().build()))));
        assertEquals(List.of("alias/mine"), asked);
    }

    @Test
    void describesTheKey_throughTheAsynchronousClient_withoutBlocking() {
        CompletableFuture<DescribeKeyResponse> answer = new CompletableFuture<>();
        CompletableFuture<KeyFacts> stage =
                KmsKeyDirectory.of(async(answer)).describe(ALIAS).toCompletableFuture();
        assertFalse(stage.isDone());

        answer.complete(
                DescribeKeyResponse.builder().keyMetadata(metadata().build()).build());

        assertEquals(KeyFacts.enabled(KeyArn.parse(ARN)), stage.join());
    }

    @ParameterizedTest
    @EnumSource(KeyState.class)
    void knowsEveryStateOfTheService(KeyState state) {
        KeyFacts facts =
                facts(KmsKeyDirectory.of(answering(metadata().keyState(state).build())));

        assertEquals(
                state == KeyState.UNKNOWN_TO_SDK_VERSION ? "UNKNOWN" : state.name(),
                facts.state().name());
    }

    @Test
    void takesValuesItDoesNotKnowForUnknown() {
        KeyFacts facts = facts(KmsKeyDirectory.of(
                answering(metadata().keyState("New").keyManager("Somebody").build())));

        assertEquals(KeyFacts.State.UNKNOWN, facts.state());
        assertEquals(KeyFacts.Manager.UNKNOWN, facts.manager());
        assertEquals(
                KeyFacts.Manager.UNKNOWN,
                facts(KmsKeyDirectory.of(
                                answering(KeyMetadata.builder().arn(ARN).build())))
                        .manager());
    }

    @Test
    void tellsManagedAndAsymmetricKeys() {
        assertEquals(
                KeyFacts.Manager.AWS,
                facts(KmsKeyDirectory.of(answering(
                                metadata().keyManager(KeyManagerType.AWS).build())))
                        .manager());
        assertFalse(facts(KmsKeyDirectory.of(
                        answering(metadata().keySpec(KeySpec.RSA_4096).build())))
                .symmetricEncryption());
        assertFalse(facts(KmsKeyDirectory.of(answering(metadata()
                        .keySpec(KeySpec.HMAC_256)
                        .keyUsage(KeyUsageType.GENERATE_VERIFY_MAC)
                        .build())))
                .symmetricEncryption());
    }

    @Test
    void saysThatKmsKnowsNoSuchKey() {
        NotFoundException failure = NotFoundException.builder()
                .awsErrorDetails(details("NotFoundException", "Alias alias/mine is not found."))
                .build();

        IllegalKeyException e = refused(
                IllegalKeyException.class,
                KmsKeyDirectory.of(failing(failure)),
                "KMS knows no key alias/mine",
                "Alias alias/mine is not found.",
                "Region of the KMS client");
        assertSame(failure, e.getCause());
    }

    @Test
    void saysThatTheRegionIsWrong_whereKmsDoes() {
        for (RuntimeException failure : new RuntimeException[] {
            NotFoundException.builder()
                    .awsErrorDetails(details("NotFoundException", "Invalid arn us-east-1"))
                    .build(),
            InvalidArnException.builder()
                    .awsErrorDetails(details("InvalidArnException", "Invalid arn us-east-1"))
                    .build()
        }) {
            refused(
                    IllegalKeyException.class,
                    KmsKeyDirectory.of(failing(failure)),
                    "Invalid arn us-east-1",
                    "a KMS client of the key's Region");
        }
    }

    @Test
    void saysThatDescribeKeyIsNotPermitted_whichIsNothingAgainstTheKey() {
        refused(
                LookupFailedException.class,
                KmsKeyDirectory.of(failing(KmsException.builder()
                        .awsErrorDetails(details("AccessDeniedException", "User: u is not authorized"))
                        .build())),
                "Key alias/mine",
                "kms:DescribeKey is not permitted",
                "User: u is not authorized",
                "full key ARN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ThrottlingException", "KMSInternalException"})
    void saysThatTheLookUpFailed_whenKmsCouldNotAnswer(String code) {
        refused(
                LookupFailedException.class,
                KmsKeyDirectory.of(failing(KmsException.builder()
                        .awsErrorDetails(details(code, "busy"))
                        .build())),
                "alias/mine could not be looked up",
                "busy",
                "Try again");
        refused(
                LookupFailedException.class,
                KmsKeyDirectory.of(failing(SdkClientException.create("no route to host"))),
                "no route to host");
    }

    @Test
    void explainsFailuresOfTheAsynchronousClientAlike() {
        refused(
                LookupFailedException.class,
                KmsKeyDirectory.of(async(CompletableFuture.failedFuture(new CompletionException(KmsException.builder()
                        .awsErrorDetails(details("AccessDeniedException", "no"))
                        .build())))),
                "kms:DescribeKey is not permitted");
    }

    @Test
    void failsTheStage_whenTheAnswerHasNoArn() {
        refused(
                LookupFailedException.class,
                KmsKeyDirectory.of(client(DescribeKeyResponse.builder().build(), null)),
                "without its ARN");
        refused(
                LookupFailedException.class,
                KmsKeyDirectory.of(answering(KeyMetadata.builder().build())),
                "without its ARN");
    }

    @Test
    void resolvesAnAliasForTheGuard() {
        AccountId own = AccountId.of("111122223333");
        WriteGuard guard = WriteGuard.builder()
                .callerIdentity(CallerIdentity.of(own))
                .bucketDirectory(BucketDirectory.builder()
                        .bucket("mine", own, "eu-west-1")
                        .build())
                .keyDirectory(KmsKeyDirectory.of(answering(metadata().build())))
                .resolveSameAccountNames(true)
                .build();

        EncryptionMode mode = guard.check(
                        EncryptionMode.sseKms("alias/mine"), WriteTarget.of("mine", Optional.empty(), Transport.TLS))
                .toCompletableFuture()
                .join();

        assertEquals(EncryptionMode.sseKms(ARN), mode);
        assertEquals(List.of("arn:aws:kms:eu-west-1:111122223333:alias/mine"), asked);
    }
}
