package dev.s3envelope.kms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.keyring.EncryptionContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsServiceClientConfiguration;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.DryRunModifierType;
import software.amazon.awssdk.services.kms.model.DryRunOperationException;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.kms.model.KmsException;

/** What is made of KMS's answers; Source: the AWS KMS API Reference, errors of Decrypt, and "Testing your permissions". */
class KmsKeyAccessTest {
    private static final KeyArn KEY =
            KeyArn.parse("arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    private static final EncryptionContext CONTEXT =
            EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::documents/a"));

    /** Answers every call the same way, and keeps the request. */
    private static final class Answering implements KmsClient {
        private final Supplier<Object> answer;
        private final AtomicReference<Object> asked = new AtomicReference<>();

        Answering(Supplier<Object> answer) {
            this.answer = answer;
        }

        @Override
        public DecryptResponse decrypt(DecryptRequest request) {
            asked.set(request);
            return (DecryptResponse) answer.get();
        }

        @Override
        public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
            asked.set(request);
            return (GenerateDataKeyResponse) answer.get();
        }

        @Override
        public DescribeKeyResponse describeKey(DescribeKeyRequest request) {
            asked.set(request);
            return (DescribeKeyResponse) answer.get();
        }

        @Override
        public KmsServiceClientConfiguration serviceClientConfiguration() {
            return KmsServiceClientConfiguration.builder()
                    .region(Region.EU_WEST_1)
                    .build();
        }

        @Override
        public String serviceName() {
            return "kms";
        }

        @Override
        public void close() {}
    }

    private static Answering failing(int status, String code) {
        return new Answering(() -> {
            throw KmsException.builder()
                    .statusCode(status)
                    .awsErrorDetails(AwsErrorDetails.builder()
                            .errorCode(code)
                            .errorMessage("as KMS says it")
                            .serviceName("Kms")
                            .build())
                    .build();
        });
    }

    private static KeyAnswer decrypt(KmsClient client) {
        return KmsKeyAccess.of(client)
                .mayDecrypt(KEY, CONTEXT)
                .toCompletableFuture()
                .join();
    }

    static List<Arguments> answers() {
        return List.of(
                arguments(400, "DryRunOperationException", Verdict.ALLOWED, true),
                arguments(400, "AccessDeniedException", Verdict.UNKNOWN, true),
                arguments(400, "DisabledException", Verdict.DENIED, true),
                arguments(400, "KMSInvalidStateException", Verdict.DENIED, true),
                arguments(400, "NotFoundException", Verdict.DENIED, true),
                arguments(400, "ValidationException", Verdict.UNKNOWN, true),
                arguments(400, "UnrecognizedClientException", Verdict.UNKNOWN, true),
                arguments(400, "SomethingNew", Verdict.UNKNOWN, true),
                arguments(400, "ThrottlingException", Verdict.UNKNOWN, false),
                arguments(500, "KMSInternalException", Verdict.UNKNOWN, false),
                arguments(500, "KeyUnavailableException", Verdict.UNKNOWN, false),
                arguments(503, "ServiceUnavailable", Verdict.UNKNOWN, false));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyAnswerToADryRun_hasItsVerdict(int status, String code, Verdict verdict, boolean answered) {
        KeyAnswer answer = decrypt(failing(status, code));
        assertEquals(verdict, answer.verdict().verdict());
        assertEquals(answered, answer.answered());
        AccessEvidence seen = answer.verdict().evidence().get(0);
        assertEquals(AccessEvidence.Source.DRY_RUN, seen.source());
        assertTrue(seen.detail().contains(code), seen.detail());
        assertTrue(seen.detail().contains(KEY.text()), seen.detail());
    }

    @Test
    void aModelledException_countsAsItsCode() {
        Answering client = new Answering(() -> {
            AwsServiceException passed = DryRunOperationException.builder()
                    .statusCode(400)
                    .awsErrorDetails(AwsErrorDetails.builder()
                            .errorCode("DryRunOperationException")
                            .errorMessage("The request would have succeeded, but the DryRun option is set.")
                            .build())
                    .build();
            throw passed;
        });
        assertEquals(Verdict.ALLOWED, decrypt(client).verdict().verdict());
    }

    @Test
    void ofADirectKey_aRefusalIsADenial() {
        KeyAnswer answer = KmsKeyAccess.builder()
                .client(failing(400, "AccessDeniedException"))
                .directKey(KEY)
                .build()
                .mayDecrypt(KEY, CONTEXT)
                .toCompletableFuture()
                .join();
        assertEquals(Verdict.DENIED, answer.verdict().verdict());
    }

    @Test
    void whoIsOutOfReach_saysNothing() {
        KeyAnswer answer = decrypt(new Answering(() -> {
            throw SdkClientException.create("connection refused");
        }));
        assertEquals(Verdict.UNKNOWN, answer.verdict().verdict());
        assertFalse(answer.answered());
    }

    @Test
    void decryptIsAsked_dry_withoutCiphertext_inTheExactContext() {
        Answering client = failing(400, "AccessDeniedException");
        decrypt(client);
        DecryptRequest asked = assertInstanceOf(DecryptRequest.class, client.asked.get());
        assertEquals(KEY.text(), asked.keyId());
        assertEquals(CONTEXT.asMap(), asked.encryptionContext());
        assertEquals(Boolean.TRUE, asked.dryRun());
        assertEquals(List.of(DryRunModifierType.IGNORE_CIPHERTEXT), asked.dryRunModifiers());
    }

    @Test
    void aServerThatDoesNotKnowDryRuns_givesADataKeyThatIsWiped() {
        byte[] plaintext = new byte[32];
        Arrays.fill(plaintext, (byte) 7);
        Answering client = new Answering(() -> GenerateDataKeyResponse.builder()
                .plaintext(SdkBytes.fromByteArrayUnsafe(plaintext))
                .build());
        KeyAnswer answer = KmsKeyAccess.of(client)
                .mayGenerateDataKey(KEY, CONTEXT)
                .toCompletableFuture()
                .join();
        assertEquals(Verdict.ALLOWED, answer.verdict().verdict());
        assertEquals(0, plaintext[0] | plaintext[31]);
        assertEquals(
                Boolean.TRUE,
                assertInstanceOf(GenerateDataKeyRequest.class, client.asked.get())
                        .dryRun());
    }

    @ParameterizedTest
    @EnumSource(KeyState.class)
    void aKeyInNoStateToBeUsed_keepsEverybodyOut_andAUsableOneSaysNothingOfPermissions(KeyState state) {
        KeyAnswer answer = KmsKeyAccess.of(new Answering(() -> DescribeKeyResponse.builder()
                        .keyMetadata(KeyMetadata.builder()
                                .arn(KEY.text())
                                .keyState(state)
                                .build())
                        .build()))
                .state(KEY)
                .toCompletableFuture()
                .join();
        boolean usable =
                state == KeyState.ENABLED || state == KeyState.UPDATING || state == KeyState.UNKNOWN_TO_SDK_VERSION;
        assertEquals(usable ? Verdict.UNKNOWN : Verdict.DENIED, answer.verdict().verdict(), state.name());
    }

    @Test
    void withoutTheRightToDescribe_theStateIsUnknown() {
        KeyAnswer answer = KmsKeyAccess.of(failing(400, "AccessDeniedException"))
                .state(KEY)
                .toCompletableFuture()
                .join();
        assertEquals(Verdict.UNKNOWN, answer.verdict().verdict());
    }

    @Test
    void aKeyOfARegionWithoutClient_isNotAskedAbout() {
        Answering client = failing(400, "DisabledException");
        KeyArn elsewhere = new KeyArn("aws", "us-east-1", KEY.account(), KEY.keyId());
        KeyAnswer answer = KmsKeyAccess.of(client)
                .mayDecrypt(elsewhere, CONTEXT)
                .toCompletableFuture()
                .join();
        assertEquals(Verdict.UNKNOWN, answer.verdict().verdict());
        assertEquals(null, client.asked.get());
    }

    @Test
    void oneClientForEachRegion() {
        assertThrows(
                IllegalArgumentException.class, () -> KmsKeyAccess.builder().build());
        assertThrows(
                IllegalArgumentException.class,
                () -> KmsKeyAccess.builder().client(failing(400, "x")).client(failing(400, "y")));
    }
}
