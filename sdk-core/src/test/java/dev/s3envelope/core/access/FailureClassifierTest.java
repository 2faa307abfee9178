package dev.s3envelope.core.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.access.ServiceError.KmsUse;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Decision;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Verdict;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One row for every error that S3 and KMS are documented or were recorded to answer with (Amazon S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors";
 * Amazon S3 API Reference, "Error responses"; AWS KMS API Reference; "Key states of AWS KMS keys"), and the same in other words.
 */
class FailureClassifierTest {
    private static final String KEY = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final String USER = "arn:aws:sts::111122223333:assumed-role/Reader/session-1";
    private static final String OBJECT = "arn:aws:s3:::corp-data/reports/q3.csv";
    private static final String REFUSED = "User: " + USER + " is not authorized to perform: ";

    private static ClassifiedFailure s3(String operation, int status, String code, String message) {
        return FailureClassifier.classify(error(AccessGate.S3, operation, status, code, message));
    }

    private static ClassifiedFailure kms(int status, String code, String message) {
        return FailureClassifier.classify(error(AccessGate.KMS, "Decrypt", status, code, message));
    }

    private static ServiceError error(AccessGate service, String operation, int status, String code, String message) {
        return new ServiceError(
                service,
                operation,
                status,
                code.isEmpty() ? Optional.empty() : Optional.of(code),
                code.isEmpty() ? Optional.empty() : Optional.of(message),
                Optional.of("REQUEST1"),
                false,
                KmsUse.UNKNOWN);
    }

    private static void assertSays(FailureKind kind, Verdict s3, Verdict kms, ClassifiedFailure failure) {
        assertEquals(kind, failure.kind());
        assertEquals(s3, failure.s3().verdict(), "S3 gate");
        assertEquals(kms, failure.kms().verdict(), "KMS gate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kms:Decrypt         | because no identity-based policy allows the kms:Decrypt action              | IMPLICITLY_DENIED | IDENTITY",
                "kms:GenerateDataKey | because no resource-based policy allows the kms:GenerateDataKey action      | IMPLICITLY_DENIED | KEY",
                "kms:Decrypt         | because no session policy allows the kms:Decrypt action                     | IMPLICITLY_DENIED | SESSION",
                "kms:Decrypt         | because no permissions boundary allows the kms:Decrypt action               | IMPLICITLY_DENIED | PERMISSIONS_BOUNDARY",
                "kms:Decrypt         | because no service control policy allows the kms:Decrypt action             | IMPLICITLY_DENIED | SERVICE_CONTROL",
                "kms:Decrypt         | because no resource control policy allows the kms:Decrypt action            | IMPLICITLY_DENIED | RESOURCE_CONTROL",
                "kms:Decrypt         | because no VPC endpoint policy allows the kms:Decrypt action                | IMPLICITLY_DENIED | VPC_ENDPOINT",
                "kms:Decrypt         | with an explicit deny in a resource-based policy                            | EXPLICITLY_DENIED | KEY",
                "kms:Decrypt         | with an explicit deny in an identity-based policy                           | EXPLICITLY_DENIED | IDENTITY",
                "kms:Decrypt         | with an explicit deny in a service control policy                           | EXPLICITLY_DENIED | SERVICE_CONTROL",
                "kms:Decrypt         | with an explicit deny in a permissions boundary                             | EXPLICITLY_DENIED | PERMISSIONS_BOUNDARY",
                "kms:Decrypt         | with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/service_control_policy/p-1 | EXPLICITLY_DENIED | SERVICE_CONTROL",
            })
    void namesKmsPrincipalActionKeyAndReason_whenTheMessageIsDetailed(
            String action, String why, Decision decision, PolicyType policy) {
        ClassifiedFailure failure =
                s3("GetObject", 403, "AccessDenied", REFUSED + action + " on resource: " + KEY + " " + why);
        assertSays(FailureKind.KMS_DENIED, Verdict.UNKNOWN, Verdict.DENIED, failure);
        assertEquals(Optional.of(USER), failure.principal());
        assertEquals(Optional.of(action), failure.action());
        assertEquals(Optional.of(KEY), failure.resource());
        assertEquals(decision, failure.reason().orElseThrow().decision());
        assertEquals(policy, failure.reason().orElseThrow().policy());
        assertEquals(
                AccessEvidence.Source.ERROR_MESSAGE,
                failure.kms().evidence().get(0).source());
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3express:CreateSession"})
    void namesS3_whenTheActionIsS3s(String action) {
        ClassifiedFailure failure = s3(
                "GetObject",
                403,
                "AccessDenied",
                REFUSED + action + " on resource: \"" + OBJECT + "\" because no resource-based policy allows the "
                        + action + " action");
        assertSays(FailureKind.S3_DENIED, Verdict.DENIED, Verdict.UNKNOWN, failure);
        assertEquals(Optional.of(OBJECT), failure.resource());
        assertEquals(PolicyType.BUCKET, failure.reason().orElseThrow().policy());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "USER: %s IS NOT AUTHORIZED TO PERFORM: kms:Decrypt ON RESOURCE: %s BECAUSE NO IDENTITY-BASED POLICY ALLOWS THE kms:Decrypt ACTION",
                "User:  %s  is not authorized to perform kms:Decrypt on the resource: %s  because no identity-based policy allows it.",
                "Principal %s is not authorized to perform: kms:Decrypt on resource: %s because no identity-based policy allows the kms:Decrypt action (Service: Kms)",
                "%s is not authorized to perform: KMS:Decrypt on resource: %s because no identity-based policy allows the action; see https://docs.aws.amazon.com"
            })
    void readsTheSame_whenTheFixedWordsChange(String form) {
        ClassifiedFailure failure = s3("GetObject", 403, "AccessDenied", form.formatted(USER, KEY));
        assertSays(FailureKind.KMS_DENIED, Verdict.UNKNOWN, Verdict.DENIED, failure);
        assertEquals(Optional.of(USER), failure.principal());
        assertEquals(Optional.of("kms:Decrypt"), failure.action());
        assertEquals(Optional.of(KEY), failure.resource());
        assertEquals(PolicyType.IDENTITY, failure.reason().orElseThrow().policy());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::111122223333:user/team/alice",
                "arn:aws:iam::111122223333:root",
                "arn:aws-cn:sts::111122223333:assumed-role/R/i-0123",
                "arn:aws:sts::111122223333:federated-user/bob@example.com"
            })
    void readsEveryFormOfPrincipal(String principal) {
        ClassifiedFailure failure = s3(
                "PutObject",
                403,
                "AccessDenied",
                "User: " + principal + " is not authorized to perform: kms:GenerateDataKey on resource: " + KEY
                        + " because no identity-based policy allows the kms:GenerateDataKey action");
        assertEquals(Optional.of(principal), failure.principal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"User: anonymous", "User: AIDAEXAMPLE", "Anonymous caller"})
    void leavesThePrincipalOut_whenItIsNoArn(String who) {
        ClassifiedFailure failure = s3(
                "GetObject",
                403,
                "AccessDenied",
                who + " is not authorized to perform: s3:GetObject on resource: \"" + OBJECT + '"');
        assertSays(FailureKind.S3_DENIED, Verdict.DENIED, Verdict.UNKNOWN, failure);
        assertEquals(Optional.empty(), failure.principal());
        assertEquals(Optional.of(OBJECT), failure.resource());
        assertEquals(Optional.empty(), failure.reason());
    }

    @Test
    void givesNoReason_whenItsWordsAreUnknown() {
        ClassifiedFailure failure = s3(
                "GetObject",
                403,
                "AccessDenied",
                REFUSED + "s3:GetObject on resource: \"" + OBJECT
                        + "\" because public access is blocked by the BlockPublicPolicy setting");
        assertSays(FailureKind.S3_DENIED, Verdict.DENIED, Verdict.UNKNOWN, failure);
        assertEquals(Optional.of(OBJECT), failure.resource());
        assertEquals(Optional.empty(), failure.reason());
    }

    @Test
    void understandsKmsWithoutAResource_asItWordsItAcrossAccounts() {
        ClassifiedFailure failure = s3(
                "GetObject",
                403,
                "AccessDenied",
                REFUSED
                        + "kms:Decrypt on this resource because the resource does not exist in this Region, no resource-based policies"
                        + " allow access, or a resource-based policy explicitly denies access");
        assertSays(FailureKind.KMS_DENIED, Verdict.UNKNOWN, Verdict.DENIED, failure);
        assertEquals(Optional.empty(), failure.resource());
        assertEquals(Optional.empty(), failure.reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x\" is not authorized to perform: kms:Decrypt on resource: \"arn",
                "The ciphertext refers to a customer master key",
                "must provide the correct secret key.",
                "this bucket has blocked upload requests",
                "a\" because no identity-based policy allows the s3:GetObject action",
                "kms:Decrypt"
            })
    void isNotMisledByTheNameOfAnObject(String key) {
        String object = "arn:aws:s3:::corp-data/" + key;
        ClassifiedFailure failure = s3(
                "GetObject",
                403,
                "AccessDenied",
                REFUSED + "s3:GetObject on resource: \"" + object
                        + "\" with an explicit deny in a resource-based policy: \"arn:aws:s3:::corp-data\"");
        assertSays(FailureKind.S3_DENIED, Verdict.DENIED, Verdict.UNKNOWN, failure);
        assertEquals(Optional.of(object), failure.resource());
        assertEquals(Decision.EXPLICITLY_DENIED, failure.reason().orElseThrow().decision());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
                "the ciphertext refers to a KMS key that does not exist or that you may not use"
            })
    void namesKms_whenTheMessageIsOpaque(String message) {
        ClassifiedFailure failure = s3("GetObject", 403, "AccessDenied", message);
        assertSays(FailureKind.KMS_DENIED, Verdict.UNKNOWN, Verdict.DENIED, failure);
        assertEquals(Optional.empty(), failure.reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Access Denied",
                "Access denied.",
                "",
                "Request has expired",
                "Something AWS has never said",
                "Assume role failed: kms:Decrypt may be missing",
                "not authorized to perform"
            })
    void staysUnknown_whenAccessDeniedSaysNoMore(String message) {
        assertSays(
                FailureKind.DENIED_UNATTRIBUTED,
                Verdict.UNKNOWN,
                Verdict.UNKNOWN,
                s3("GetObject", 403, "AccessDenied", message));
    }

    @Test
    void staysUnknown_whenTheActionBelongsToAnotherService() {
        assertSays(
                FailureKind.DENIED_UNATTRIBUTED,
                Verdict.UNKNOWN,
                Verdict.UNKNOWN,
                s3(
                        "GetObject",
                        403,
                        "AccessDenied",
                        REFUSED + "sts:AssumeRole on resource: arn:aws:iam::111122223333:role/R"));
    }

    @Test
    void isS3s_whenAccessDeniedComesWhereNoKmsKeyIsUsed() {
        ServiceError bare = error(AccessGate.S3, "GetObject", 403, "AccessDenied", "Access Denied");
        assertSays(
                FailureKind.S3_DENIED,
                Verdict.DENIED,
                Verdict.UNKNOWN,
                FailureClassifier.classify(bare.withKmsUse(KmsUse.NOT_NEEDED)));
        assertSays(
                FailureKind.DENIED_UNATTRIBUTED,
                Verdict.UNKNOWN,
                Verdict.UNKNOWN,
                FailureClassifier.classify(bare.withKmsUse(KmsUse.NEEDED)));
        assertSays(
                FailureKind.DENIED_UNATTRIBUTED,
                Verdict.UNKNOWN,
                Verdict.UNKNOWN,
                FailureClassifier.classify(bare.withCustomerKey().withKmsUse(KmsUse.NOT_NEEDED)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "KMS.DisabledException        | arn:aws:kms:eu-west-1:1:key/k is disabled.              | KEY_DISABLED         | DISABLED          | DENIED",
                "KMS.DisabledException        | arn:aws:kms:eu-west-1:1:key/k is pending deletion.      | KEY_NOT_USABLE       | PENDING_DELETION  | DENIED",
                "KMS.KMSInvalidStateException | arn:aws:kms:eu-west-1:1:key/k is pending deletion.      | KEY_NOT_USABLE       | PENDING_DELETION  | DENIED",
                "KMS.KMSInvalidStateException | arn:aws:kms:eu-west-1:1:key/k is pending replica deletion. | KEY_NOT_USABLE    | PENDING_REPLICA_DELETION | DENIED",
                "KMS.KMSInvalidStateException | arn:aws:kms:eu-west-1:1:key/k is pending import.        | KEY_NOT_USABLE       | PENDING_IMPORT    | DENIED",
                "KMS.KMSInvalidStateException | arn:aws:kms:eu-west-1:1:key/k is unavailable.           | KEY_NOT_USABLE       | UNAVAILABLE       | DENIED",
                "KMS.KMSInvalidStateException | arn:aws:kms:eu-west-1:1:key/k is creating.              | KEY_NOT_USABLE       | CREATING          | DENIED",
                "KMS.KMSInvalidStateException | arn:aws:kms:eu-west-1:1:key/k is in some other state.   | KEY_NOT_USABLE       |                   | DENIED",
                "KMS.NotFoundException        | Invalid keyId 'x'                                       | KEY_NOT_FOUND        |                   | DENIED",
                "KMS.NotFoundException        | Key 'arn:aws:kms:eu-west-1:1:key/k' does not exist      | KEY_NOT_FOUND        |                   | DENIED",
                "KMS.NotFoundException        | Invalid arn us-east-1                                   | KEY_NOT_FOUND        |                   | DENIED",
                "KMS.InvalidKeyUsageException | arn:aws:kms:eu-west-1:1:key/k key usage is SIGN_VERIFY  | KEY_UNSUITABLE       |                   | DENIED",
                "KMS.ThrottlingException      | Rate exceeded                                           | KMS_THROTTLED        |                   | UNKNOWN",
                "KMS.KeyUnavailableException  | try again                                               | KMS_UNAVAILABLE      |                   | UNKNOWN",
                "KMS.KMSInternalException     | try again                                               | KMS_UNAVAILABLE      |                   | UNKNOWN",
                "kms.disabledexception        | The key IS DISABLED                                     | KEY_DISABLED         | DISABLED          | DENIED",
                "KMS.FutureException          | is disabled                                             | UNRELATED            |                   | UNKNOWN",
            })
    void readsWhatS3PassesOnFromKms(String code, String message, FailureKind kind, KeyFacts.State state, Verdict kms) {
        ClassifiedFailure failure = s3("GetObject", 400, code, message);
        assertSays(kind, Verdict.UNKNOWN, kms, failure);
        assertEquals(Optional.ofNullable(state), failure.keyState());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | DryRunOperationException    | The request would have succeeded, but the DryRun option is set. | PASSED               | ALLOWED",
                "400 | ValidationException         | 1 validation error detected                                     | UNRELATED            | UNKNOWN",
                "400 | AccessDeniedException       | User: arn:aws:iam::1:user/a is not authorized to perform: kms:Decrypt on resource: k | KMS_DENIED | DENIED",
                "400 | AccessDeniedException       | The ciphertext refers to a customer master key that does not exist | KMS_DENIED        | DENIED",
                "400 | AccessDeniedException       | something new                                                   | KMS_DENIED           | DENIED",
                "400 | DisabledException           | k is disabled.                                                  | KEY_DISABLED         | DENIED",
                "400 | KMSInvalidStateException    | k is pending deletion.                                          | KEY_NOT_USABLE       | DENIED",
                "400 | NotFoundException           | Key 'k' does not exist                                          | KEY_NOT_FOUND        | DENIED",
                "400 | InvalidArnException         | Invalid arn                                                     | KEY_NOT_FOUND        | DENIED",
                "400 | InvalidKeyUsageException    | usage                                                           | KEY_UNSUITABLE       | DENIED",
                "400 | InvalidCiphertextException  | ''                                                              | WRAPPED_KEY_MISMATCH | UNKNOWN",
                "400 | IncorrectKeyException       | The key ID in the request does not identify a CMK               | WRAPPED_KEY_MISMATCH | UNKNOWN",
                "400 | InvalidGrantTokenException  | token                                                           | UNRELATED            | UNKNOWN",
                "400 | ThrottlingException         | Rate exceeded                                                   | KMS_THROTTLED        | UNKNOWN",
                "500 | KeyUnavailableException     | again                                                           | KMS_UNAVAILABLE      | UNKNOWN",
                "500 | DependencyTimeoutException  | again                                                           | KMS_UNAVAILABLE      | UNKNOWN",
                "500 | KMSInternalException        | again                                                           | KMS_UNAVAILABLE      | UNKNOWN",
            })
    void readsWhatKmsItselfAnswers(int status, String code, String message, FailureKind kind, Verdict verdict) {
        assertSays(kind, Verdict.UNKNOWN, verdict, kms(status, code, message));
    }

    @Test
    void isNeitherGate_whenKmsThrottles() {
        ClassifiedFailure failure =
                s3("GetObject", 503, "SlowDown", "Please reduce your request rate for operations involving AWS KMS.");
        assertSays(FailureKind.KMS_THROTTLED, Verdict.UNKNOWN, Verdict.UNKNOWN, failure);
        assertSays(
                FailureKind.UNRELATED,
                Verdict.UNKNOWN,
                Verdict.UNKNOWN,
                s3("GetObject", 503, "SlowDown", "Please reduce your request rate."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | InvalidRequest | The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object. | CUSTOMER_KEY_NEEDED | UNKNOWN",
                "400 | InvalidRequest | The encryption parameters are not applicable to this object. | CUSTOMER_KEY_NOT_WANTED | UNKNOWN",
                "403 | AccessDenied | Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key. | CUSTOMER_KEY_WRONG | UNKNOWN",
                "403 | AccessDenied | User: a is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::b/k\" because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). | CUSTOMER_KEYS_BLOCKED | DENIED",
                "403 | AccessDenied | Denied because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C). | CUSTOMER_KEYS_BLOCKED | DENIED",
                "400 | InvalidRequest | Something else | UNRELATED | UNKNOWN",
            })
    void isNotAGateOfKms_whenTheSubjectIsSseC(int status, String code, String message, FailureKind kind, Verdict s3) {
        ServiceError sent =
                error(AccessGate.S3, "PutObject", status, code, message).withCustomerKey();
        assertSays(kind, s3, Verdict.UNKNOWN, FailureClassifier.classify(sent));
    }

    @ParameterizedTest
    @CsvSource({"403, DENIED_UNATTRIBUTED", "400, HEAD_REJECTED", "404, UNRELATED", "503, UNRELATED", "412, UNRELATED"})
    void neverAttributesHead(int status, FailureKind kind) {
        ServiceError bare = error(AccessGate.S3, "HeadObject", status, "", "");
        for (KmsUse use : KmsUse.values()) {
            assertSays(kind, Verdict.UNKNOWN, Verdict.UNKNOWN, FailureClassifier.classify(bare.withKmsUse(use)));
        }
        assertSays(kind, Verdict.UNKNOWN, Verdict.UNKNOWN, FailureClassifier.classify(bare.withCustomerKey()));
    }

    @ParameterizedTest
    @CsvSource({
        "404, NoSuchKey", "404, NoSuchBucket", "412, PreconditionFailed", "403, SignatureDoesNotMatch",
                "403, InvalidAccessKeyId",
        "403, RequestTimeTooSkewed", "400, ExpiredToken", "403, InvalidObjectState", "500, InternalError",
                "416, InvalidRange",
        "400, InvalidBucketOwnerAWSAccountID", "403, ''"
    })
    void isUnrelated_whenTheErrorIsAboutSomethingElse(int status, String code) {
        ClassifiedFailure failure = s3("GetObject", status, code, "kms:Decrypt is mentioned");
        assertFalse(failure.kind().isAboutAccess());
        assertSays(FailureKind.UNRELATED, Verdict.UNKNOWN, Verdict.UNKNOWN, failure);
    }

    @Test
    void cannotTellAnotherBucketOwner_fromAMissingPermission() {
        // expectedBucketOwner mismatch: 403 "Access Denied", like any other (Amazon S3 User Guide, "Verifying bucket
        // ownership").
        assertSays(
                FailureKind.DENIED_UNATTRIBUTED,
                Verdict.UNKNOWN,
                Verdict.UNKNOWN,
                s3("GetObject", 403, "AccessDenied", "Access Denied"));
    }

    @Test
    void throwsNothing_whateverTheText() {
        long seed = 20261121;
        Random random = new Random(seed);
        String[] words = {
            "User:",
            USER,
            "is",
            "not authorized to perform",
            ":",
            "kms:Decrypt",
            "s3:GetObject",
            "on resource",
            "\"",
            KEY,
            "because no",
            "identity-based policy",
            "allows",
            "with an explicit deny in a",
            "policy",
            "",
            "\n",
            "  ",
            "\u0000",
            "é"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(14);
            for (int k = 0; k < length; k++) {
                text.append(words[random.nextInt(words.length)]).append(random.nextBoolean() ? " " : "");
            }
            String message = random.nextInt(5) == 0 ? text.toString().toUpperCase(Locale.ROOT) : text.toString();
            ClassifiedFailure failure = s3("GetObject", 403, "AccessDenied", message);
            assertTrue(
                    failure.s3().verdict() == Verdict.UNKNOWN || failure.kms().verdict() == Verdict.UNKNOWN,
                    () -> "seed " + seed + ": " + message);
        }
    }
}
