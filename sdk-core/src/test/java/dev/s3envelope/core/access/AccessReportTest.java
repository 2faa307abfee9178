package dev.s3envelope.core.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.ServiceError.KmsUse;
import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.internal.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

class AccessReportTest {
    private static final KeyArn KEY =
            KeyArn.parse("arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    private static final ObjectAddress OBJECT = new ObjectAddress("corp-data", "reports/q3.csv");
    private static final String BOB = "arn:aws:iam::111122223333:user/bob";

    private static AccessReport.Builder denied(String action, String resource, String why) {
        ServiceError error = new ServiceError(
                AccessGate.S3,
                "GetObject",
                403,
                Optional.of("AccessDenied"),
                Optional.of("User: " + BOB + " is not authorized to perform: " + action + " on resource: " + resource
                        + " " + why),
                Optional.of("REQUEST1"),
                false,
                KmsUse.UNKNOWN);
        return AccessReport.builder("GetObject").object(OBJECT).failure(FailureClassifier.classify(error));
    }

    private static AccessReport.Builder kmsDenied(String why) {
        return denied("kms:Decrypt", KEY.text(), why)
                .encryptionContext(Map.of("aws:s3:arn", "arn:aws:s3:::corp-data/reports/q3.csv"));
    }

    private static final String NO_IDENTITY = "because no identity-based policy allows the kms:Decrypt action";

    private static AwsServiceException exception() {
        return AwsServiceException.builder()
                .statusCode(403)
                .awsErrorDetails(
                        AwsErrorDetails.builder().errorCode("AccessDenied").build())
                .build();
    }

    @Test
    void ridesAlong_onceAndWithoutChangingTheException() {
        AwsServiceException e = exception();
        String before = e.getMessage();
        AccessReport report = kmsDenied(NO_IDENTITY).build();
        assertTrue(report.attachTo(e));
        assertTrue(kmsDenied(NO_IDENTITY).build().attachTo(e));
        assertEquals(1, e.getSuppressed().length);
        assertSame(report, AccessReport.of(e).orElseThrow());
        assertEquals(before, e.getMessage());
        assertEquals(0, e.getSuppressed()[0].getStackTrace().length);
        assertTrue(String.valueOf(e.getSuppressed()[0].getMessage()).contains("the KMS gate denied kms:Decrypt"));
    }

    @Test
    void isFound_throughCausesAndSuppressedExceptions() throws Exception {
        AwsServiceException e = exception();
        AccessReport report = kmsDenied(NO_IDENTITY).build();
        report.attachTo(e);
        assertSame(report, AccessReport.of(new CompletionException(e)).orElseThrow());
        assertSame(
                report,
                AccessReport.of(new CompletionException(new ExecutionException(new KeyringException("no key", e))))
                        .orElseThrow());
        assertSame(
                report,
                AccessReport.of(KeyringException.ofAll("None:", List.of(new RuntimeException("first"), e)))
                        .orElseThrow());
        RuntimeException one = new RuntimeException("one");
        RuntimeException other = new RuntimeException("other", one);
        one.addSuppressed(other);
        assertEquals(Optional.empty(), AccessReport.of(other));
    }

    @Test
    void isNotCarried_byAnExceptionWithoutSuppression() {
        RuntimeException closed = new RuntimeException("closed", null, false, false) {
            private static final long serialVersionUID = 1L;
        };
        assertFalse(kmsDenied(NO_IDENTITY).build().attachTo(closed));
        assertEquals(Optional.empty(), AccessReport.of(closed));
    }

    @Test
    void leavesTheExceptionSerializable() throws Exception {
        RuntimeException e = new RuntimeException("denied");
        kmsDenied(NO_IDENTITY).build().attachTo(e);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(e);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            Throwable read = (Throwable) in.readObject();
            assertEquals(Optional.empty(), AccessReport.of(read));
            assertTrue(String.valueOf(read.getSuppressed()[0].getMessage()).contains("the KMS gate denied"));
        }
    }

    @Test
    void saysWhoWasDeniedWhatByWhichGateAndWhy() {
        AccessReport report = kmsDenied(NO_IDENTITY).build();
        assertEquals(Optional.of(AccessGate.KMS), report.deniedBy());
        assertEquals(Optional.of(Source.ERROR_MESSAGE), report.decidedBy());
        assertEquals(Optional.of(AccountId.of("111122223333")), report.account());
        assertEquals(Optional.of("eu-west-1"), report.region());
        assertEquals(
                "GetObject s3://corp-data/reports/q3.csv: the KMS gate denied kms:Decrypt on " + KEY + " to " + BOB
                        + " because no identity-based policy allows the kms:Decrypt action.",
                report.summary());
    }

    @Test
    void remediesBothAccounts_whenTheKeyIsAnotherAccounts() {
        AccessReport report = kmsDenied(NO_IDENTITY).build();
        List<AdvisedPolicy> policies = report.remedy().policies();
        assertEquals(
                List.of(PolicyType.IDENTITY, PolicyType.KEY),
                policies.stream().map(AdvisedPolicy::type).toList());
        assertEquals(BOB, policies.get(0).attachTo());
        assertEquals(Optional.of("111122223333"), policies.get(0).account());
        assertEquals(KEY.text(), policies.get(1).attachTo());
        assertEquals(Optional.of("444455556666"), policies.get(1).account());
        for (AdvisedPolicy policy : policies) {
            assertEquals(1, policy.policy().statements().size());
            assertTrue(policy.json().contains("kms:Decrypt"), policy.json());
            assertFalse(policy.json().contains("s3:GetObject"), policy.json());
        }
    }

    @Test
    void remediesTheKeyPolicyAlone_whenItKeepsItsOwnAccountOut() {
        String own = KEY.text().replace("444455556666", "111122223333");
        AccessReport report = denied(
                        "kms:Decrypt", own, "because no resource-based policy allows the kms:Decrypt action")
                .encryptionContext(Map.of("aws:s3:arn", "arn:aws:s3:::corp-data"))
                .build();
        assertEquals(
                List.of(PolicyType.KEY),
                report.remedy().policies().stream().map(AdvisedPolicy::type).toList());
        assertTrue(report.remedy().policies().get(0).json().contains("\"arn:aws:s3:::corp-data\""));
    }

    @Test
    void remediesS3_withoutAWordOfKms() {
        AccessReport report = denied(
                        "s3:GetObject",
                        "\"arn:aws:s3:::corp-data/reports/q3.csv\"",
                        "because no identity-based policy allows the s3:GetObject action")
                .bucketOwner(AccountId.of("111122223333"))
                .key(KEY)
                .build();
        assertEquals(1, report.remedy().policies().size());
        String json = report.remedy().policies().get(0).json();
        assertTrue(json.contains("s3:GetObject") && json.contains("arn:aws:s3:::corp-data/reports/q3.csv"), json);
        assertFalse(json.contains("kms:"), json);
    }

    @Test
    void coversBothUsesOfAKey_whenItIsNotKnownWhetherThereIsABucketKey() {
        AccessReport report = kmsDenied(NO_IDENTITY).encryptionContext(Map.of()).build();
        assertEquals(2, report.remedy().policies().get(0).policy().statements().size());
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void offersNoStatement_whereNoneHelps(FailureKind kind) {
        AccessReport report = AccessReport.builder("GetObject")
                .object(OBJECT)
                .principal(BOB)
                .key(KEY)
                .kind(kind)
                .build();
        boolean about = kind.isAboutAccess();
        assertEquals(about, !report.remedy().steps().isEmpty(), report.remedy().toString());
        assertEquals(
                kind == FailureKind.DENIED_UNATTRIBUTED,
                !report.remedy().policies().isEmpty());
        assertTrue(report.toText().startsWith("GetObject s3://corp-data/reports/q3.csv: "));
    }

    @Test
    void offersNoStatement_againstAnExplicitDenyOrALimit() {
        for (String why : List.of(
                "with an explicit deny in a resource-based policy",
                "because no permissions boundary allows the kms:Decrypt action",
                "because no service control policy allows the kms:Decrypt action")) {
            Remedy remedy = kmsDenied(why).build().remedy();
            assertEquals(List.of(), remedy.policies());
            assertEquals(1, remedy.steps().size());
        }
    }

    @Test
    void writesEveryFactAsJson_underItsDocumentedName() {
        AccessReport report = kmsDenied(NO_IDENTITY)
                .bucketOwner(AccountId.of("222233334444"))
                .keyState(KeyFacts.State.ENABLED)
                .verdict(GateVerdict.of(AccessGate.S3, Verdict.ALLOWED, Source.HEAD, "HEAD answered 200."))
                .note("A \"note\".")
                .build();
        JsonFields json = JsonFields.of(JsonReader.read(report.toJson()));
        for (String name : List.of(
                "version",
                "summary",
                "operation",
                "bucket",
                "objectKey",
                "bucketOwner",
                "region",
                "kind",
                "deniedBy",
                "decidedBy",
                "reason",
                "principal",
                "account",
                "key",
                "keyState",
                "encryptionContext",
                "error",
                "notes")) {
            json.required(name);
        }
        JsonFields gates = JsonFields.of(json.required("gates"));
        assertEquals(
                "allowed", JsonFields.string(JsonFields.of(gates.required("s3")).required("verdict")));
        assertEquals(
                "denied", JsonFields.string(JsonFields.of(gates.required("kms")).required("verdict")));
        gates.end();
        JsonFields remedy = JsonFields.of(json.required("remedy"));
        remedy.required("steps");
        JsonFields policy =
                JsonFields.of(JsonFields.items(remedy.required("policies")).get(0));
        assertEquals("identity", JsonFields.string(policy.required("where")));
        for (String name : List.of("account", "attachTo", "policy")) {
            policy.required(name);
        }
        policy.end();
        remedy.end();
        json.end();
    }

    @Test
    void takesKindAndStateOfTheKey_fromTheEvidenceOfADenial() {
        AccessEvidence seen = AccessEvidence.of(Source.DESCRIBE_KEY, "KMS says Disabled.", KeyFacts.State.DISABLED);
        AccessReport report = AccessReport.builder("GetObject")
                .object(OBJECT)
                .key(KEY)
                .verdict(new GateVerdict(AccessGate.KMS, Verdict.DENIED, List.of(seen)))
                .build();
        assertEquals(FailureKind.KEY_DISABLED, report.kind());
        assertEquals(Optional.of(KeyFacts.State.DISABLED), report.keyState());
        assertEquals(List.of(), report.remedy().policies());
        assertTrue(report.remedy().steps().get(0).startsWith("Enable key "));
    }

    @Test
    void isReadableOnATerminal_whateverAnObjectIsCalled() {
        String text = kmsDenied(NO_IDENTITY)
                .object(new ObjectAddress("corp-data", "a\u001b[31mred\nline"))
                .build()
                .toText();
        assertFalse(text.contains("\u001b"));
        String[] lines = text.split("\n", -1);
        assertTrue(lines[0].contains("a?[31mred?line"), lines[0]);
        assertTrue(Arrays.stream(lines).anyMatch(line -> line.startsWith("  KMS gate     DENIED  kms:Decrypt")), text);
        assertTrue(text.contains("Add to the key policy of " + KEY + " (account 444455556666):"), text);
    }
}
