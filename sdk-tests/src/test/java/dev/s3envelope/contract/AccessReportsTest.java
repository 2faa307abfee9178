package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.access.FailureKind;
import dev.s3envelope.core.access.PrincipalLookup;
import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.MultiKeyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.kms.StsPrincipalLookup;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.Diagnosis;
import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.Preflight;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamStatement;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.model.AccessDeniedException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The report that denied requests carry, in both clients: whom it names, what it rests on, what it costs, and that what it advises opens the gate. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessReportsTest {
    private static final String BUCKET = "reports";
    private static final String OBJECT_ARN = "arn:aws:s3:::reports/a";
    private static final byte[] BODY = {1, 2, 3};

    private final LocalAws aws = LocalAws.builder().https(true).build();
    private final LocalAccount owner = aws.account("111122223333");
    private final LocalAccount partner = aws.account("444455556666");
    private final LocalUser alice = owner.createUser("alice").allow("s3:*").allow("kms:*");
    private LocalKey key;

    @BeforeAll
    void createBucket() {
        aws.s3(alice).createBucket(b -> b.bucket(BUCKET));
        key = owner.createKey();
        client(Calls.Kind.SYNC, alice, kms()).put(put("a"), BODY);
    }

    @AfterEach
    void clearFaults() {
        aws.faults().clear();
        key.enable();
    }

    @AfterAll
    void close() {
        aws.close();
    }

    private EncryptionMode kms() {
        return EncryptionMode.sseKms(key.arn());
    }

    private Calls client(Calls.Kind kind, LocalPrincipal principal, EncryptionMode mode) {
        return client(kind, principal, mode, builder -> {});
    }

    private Calls client(
            Calls.Kind kind, LocalPrincipal principal, EncryptionMode mode, Consumer<EnvelopeBuilder<?>> more) {
        return kind.open(new PrincipalTarget(aws, principal, key.arn(), BUCKET), builder -> {
            builder.policy(EncryptionPolicy.always(mode));
            more.accept(builder);
        });
    }

    private LocalUser user(LocalAccount account, String... actions) {
        LocalUser user = account.createUser("u" + account.users().size());
        for (String action : actions) {
            user.allow(action);
        }
        return user;
    }

    private static GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(BUCKET).key(key).build();
    }

    private static PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(BUCKET).key(key).build();
    }

    private static AccessReport report(Throwable failure) {
        return AccessReport.of(failure).orElseThrow(() -> new AssertionError("no report on", failure));
    }

    private static <X extends Throwable> AccessReport denied(Class<X> type, Runnable call) {
        X failure = assertThrows(type, call::run);
        assertEquals(type, failure.getClass(), "the exception keeps its type");
        assertEquals(1, failure.getSuppressed().length);
        return report(failure);
    }

    private static void assertDenied(AccessGate gate, FailureKind kind, AccessReport report) {
        assertEquals(Optional.of(gate), report.deniedBy(), report.toText());
        assertEquals(kind, report.kind());
        AccessGate other = gate == AccessGate.KMS ? AccessGate.S3 : AccessGate.KMS;
        assertFalse((other == AccessGate.S3 ? report.s3() : report.kms()).verdict() == Verdict.DENIED);
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesKms_whenAReaderHasS3RightsAlone_withoutACall(Calls.Kind kind) {
        LocalUser bob = user(owner, "s3:*");
        Calls s3 = client(kind, bob, kms());
        EventLog.Mark before = aws.events().mark();
        AccessReport report = denied(AccessDeniedException.class, () -> s3.get(get("a")));
        assertEquals(
                Map.of("s3:GetObject", 1, "kms:Decrypt", 1),
                aws.events().since(before).counts());
        assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, report);
        assertEquals(Verdict.UNKNOWN, report.s3().verdict());
        assertEquals(Optional.of(Source.ERROR_MESSAGE), report.decidedBy());
        assertEquals(Optional.of(bob.arn()), report.principal());
        assertEquals("111122223333", report.account().orElseThrow().digits());
        assertEquals(List.of("kms:Decrypt"), report.kmsActions());
        assertEquals(key.arn(), report.key().orElseThrow().text());
        assertEquals(Optional.of("us-east-1"), report.region());
        assertEquals("s3://reports/a", report.object().orElseThrow().toString());
        assertEquals(PolicyType.IDENTITY, report.reason().orElseThrow().policy());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesS3_whenAReaderHasKmsRightsAlone(Calls.Kind kind) {
        Calls s3 = client(kind, user(owner, "kms:*"), kms());
        AccessReport report = denied(AccessDeniedException.class, () -> s3.get(get("a")));
        assertDenied(AccessGate.S3, FailureKind.S3_DENIED, report);
        assertEquals(List.of("s3:GetObject"), report.s3Actions());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesTheContext_whenAWriteDecidesIt(Calls.Kind kind) {
        LocalUser bob = user(owner, "s3:*");
        for (boolean bucketKey : new boolean[] {false, true}) {
            EncryptionMode mode = SseKms.builder(KeyReference.parse(key.arn()))
                    .bucketKey(bucketKey ? BucketKey.ENABLED : BucketKey.DISABLED)
                    .build();
            AccessReport report = denied(
                    AccessDeniedException.class, () -> client(kind, bob, mode).put(put("a"), BODY));
            assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, report);
            assertEquals(List.of("kms:GenerateDataKey"), report.kmsActions());
            assertEquals(
                    Map.of("aws:s3:arn", bucketKey ? "arn:aws:s3:::reports" : OBJECT_ARN), report.encryptionContext());
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesKms_atEachStepOfAnUpload(Calls.Kind kind) {
        LocalUser bob = user(owner, "s3:*");
        Calls s3 = client(kind, bob, kms());
        CreateMultipartUploadRequest create =
                CreateMultipartUploadRequest.builder().bucket(BUCKET).key("m").build();
        assertDenied(
                AccessGate.KMS, FailureKind.KMS_DENIED, denied(AccessDeniedException.class, () -> s3.create(create)));

        bob.allow("kms:*");
        UploadPartRequest first = UploadPartRequest.builder()
                .bucket(BUCKET)
                .key("m")
                .uploadId(s3.create(create).uploadId())
                .partNumber(1)
                .build();
        String eTag = s3.part(first, BODY).eTag();
        bob.clearPolicies();
        bob.allow("s3:*");
        AccessReport part = denied(
                AccessDeniedException.class,
                () -> s3.part(first.toBuilder().partNumber(2).build(), BODY));
        assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, part);
        String advised = part.remedy().policies().get(0).json();
        assertTrue(
                advised.contains("kms:Decrypt") && advised.contains("kms:GenerateDataKey"),
                "the statements serve the whole upload: " + advised);
        CompleteMultipartUploadRequest completion = CompleteMultipartUploadRequest.builder()
                .bucket(BUCKET)
                .key("m")
                .uploadId(first.uploadId())
                .multipartUpload(all -> all.parts(
                        CompletedPart.builder().partNumber(1).eTag(eTag).build()))
                .build();
        AccessReport complete = denied(AccessDeniedException.class, () -> s3.complete(completion));
        assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, complete);
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void isAboutTheSourceOfACopy_whenThatCannotBeRead(Calls.Kind kind) {
        Calls s3 = client(kind, user(owner, "s3:*"), EncryptionMode.sseS3());
        CopyObjectRequest copy = CopyObjectRequest.builder()
                .sourceBucket(BUCKET)
                .sourceKey("a")
                .destinationBucket(BUCKET)
                .destinationKey("copy")
                .build();
        AccessReport report = denied(AccessDeniedException.class, () -> s3.copy(copy));
        assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, report);
        assertEquals("s3://reports/a", report.object().orElseThrow().toString());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void attributesNoHead(Calls.Kind kind) {
        Calls s3 = client(kind, user(owner, "kms:*"), kms());
        AccessReport report = denied(
                S3Exception.class,
                () -> s3.head(
                        HeadObjectRequest.builder().bucket(BUCKET).key("a").build()));
        assertEquals(Optional.empty(), report.deniedBy());
        assertEquals(FailureKind.DENIED_UNATTRIBUTED, report.kind());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesTheStateOfTheKey_andAdvisesNoStatement(Calls.Kind kind) {
        Calls s3 = client(kind, alice, kms());
        key.disable();
        AccessReport disabled = denied(S3Exception.class, () -> s3.get(get("a")));
        assertDenied(AccessGate.KMS, FailureKind.KEY_DISABLED, disabled);
        assertEquals(Optional.of(KeyFacts.State.DISABLED), disabled.keyState());
        assertEquals(List.of(), disabled.remedy().policies());
        key.forceState("PendingDeletion");
        AccessReport pending = denied(S3Exception.class, () -> s3.get(get("a")));
        assertDenied(AccessGate.KMS, FailureKind.KEY_NOT_USABLE, pending);
        assertEquals(Optional.of(KeyFacts.State.PENDING_DELETION), pending.keyState());
        key.forceState("Enabled");
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesTheGate_whenTheKeyIsDisabledBetweenPreflightAndRead(Calls.Kind kind) {
        Preflight preflight = Preflight.builder()
                .keyAccess(
                        kind == Calls.Kind.SYNC
                                ? KmsKeyAccess.of(aws.kms(alice))
                                : KmsKeyAccess.of(aws.kmsAsync(alice)))
                .lifetime(Duration.ofHours(1))
                .build();
        Calls s3 = client(kind, alice, kms(), b -> b.preflight(preflight));
        assertArrayEquals(BODY, s3.get(get("a")).asByteArray());
        key.disable();
        EventLog.Mark before = aws.events().mark();
        AccessReport report = denied(S3Exception.class, () -> s3.get(get("a")));
        assertEquals(1, aws.events().since(before).operation("GetObject").size(), "the verdict was still good");
        assertDenied(AccessGate.KMS, FailureKind.KEY_DISABLED, report);
        S3Exception stopped = assertThrows(S3Exception.class, () -> s3.get(get("a")));
        assertEquals(403, stopped.statusCode());
        assertDenied(AccessGate.KMS, FailureKind.KEY_DISABLED, report(stopped));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void hasNoReport_whenTheFailureIsNotAboutAccess_orNoneIsWanted(Calls.Kind kind) {
        Calls s3 = client(kind, alice, kms());
        NoSuchKeyException missing = assertThrows(NoSuchKeyException.class, () -> s3.get(get("none")));
        assertEquals(Optional.empty(), AccessReport.of(missing));
        Calls silent = client(kind, user(owner, "s3:*"), kms(), b -> b.diagnose(Diagnosis.none()));
        S3Exception denied = assertThrows(S3Exception.class, () -> silent.get(get("a")));
        assertEquals(0, denied.getSuppressed().length);
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void staysUnknown_whenAnotherAccountIsToldNothing_evenIfMoreIsAsked(Calls.Kind kind) {
        LocalUser stranger = user(partner, "s3:*", "kms:*");
        Calls s3 = client(
                kind,
                stranger,
                kms(),
                b -> b.diagnose(Diagnosis.active().principals(StsPrincipalLookup.of(aws.sts(stranger)))));
        EventLog.Mark before = aws.events().mark();
        AccessReport report = denied(AccessDeniedException.class, () -> s3.get(get("a")));
        assertEquals(
                Map.of("s3:GetObject", 1, "s3:HeadObject", 1, "sts:GetCallerIdentity", 1),
                aws.events().since(before).counts());
        assertEquals(FailureKind.DENIED_UNATTRIBUTED, report.kind());
        assertEquals(Optional.empty(), report.deniedBy());
        assertEquals(Optional.of(stranger.arn()), report.principal());
        assertEquals(Source.HEAD, report.s3().evidence().get(0).source());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesKms_whenS3SaysNothingButHeadPasses(Calls.Kind kind) {
        // S3 may answer "Access Denied" alone for either gate (Amazon S3 User Guide, "Troubleshoot access denied (403
        // Forbidden) errors").
        Calls passive = client(kind, alice, kms());
        aws.faults().on("s3", "GetObject").times(1).fail(403, "AccessDenied", "Access Denied");
        assertEquals(
                Optional.empty(),
                denied(AccessDeniedException.class, () -> passive.get(get("a"))).deniedBy());

        Calls active = client(kind, alice, kms(), b -> b.diagnose(Diagnosis.active()));
        aws.faults().on("s3", "GetObject").times(1).fail(403, "AccessDenied", "Access Denied");
        AccessReport report = denied(AccessDeniedException.class, () -> active.get(get("a")));
        assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, report);
        assertEquals(Verdict.ALLOWED, report.s3().verdict());
        assertEquals(Optional.of(Source.HEAD), report.decidedBy());
        assertEquals(key.arn(), report.key().orElseThrow().text());
        assertEquals(Map.of("aws:s3:arn", OBJECT_ARN), report.encryptionContext());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void keepsTheError_whenWhatIsAskedNextFails(Calls.Kind kind) {
        LocalUser bob = user(owner, "s3:*");
        Calls s3 = client(kind, bob, kms(), b -> b.diagnose(Diagnosis.active().principals(new BrokenLookup())));
        aws.faults().on("s3", "GetObject").times(1).fail(403, "AccessDenied", "Access Denied");
        aws.faults().on("s3", "HeadObject").times(1).fail(400, "BadRequest", "no");
        AccessReport report = denied(AccessDeniedException.class, () -> s3.get(get("a")));
        assertEquals(FailureKind.DENIED_UNATTRIBUTED, report.kind());
        assertEquals(Optional.empty(), report.principal());
        assertTrue(report.notes().toString().contains("STS could not be asked"), report.toText());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void opensTheGate_whenWhatItAdvisesIsDone(Calls.Kind kind) {
        LocalUser bob = user(owner, "s3:*");
        opens(kind, bob, client(kind, bob, kms()));
        LocalUser nobody = user(owner);
        opens(kind, nobody, client(kind, nobody, kms(), this::ownersKnown));
    }

    private void ownersKnown(EnvelopeBuilder<?> builder) {
        builder.writeGuard(WriteGuard.builder()
                .bucketDirectory(BucketDirectory.builder()
                        .bucket(BUCKET, AccountId.of(owner.id()))
                        .build())
                .build());
    }

    /** Follows the report's advice until the read succeeds: one denial for each gate that was shut. */
    private void opens(Calls.Kind kind, LocalUser user, Calls s3) {
        List<AccessGate> shut = new ArrayList<>();
        while (true) {
            try {
                assertArrayEquals(BODY, s3.get(get("a")).asByteArray());
                assertFalse(shut.isEmpty(), kind.toString());
                return;
            } catch (S3Exception e) {
                AccessReport report = report(e);
                AccessGate gate = report.deniedBy().orElseThrow(() -> new AssertionError(report.toText()));
                assertFalse(shut.contains(gate), "advice did not help:\n" + report.toText());
                shut.add(gate);
                report.remedy().policies().forEach(policy -> apply(policy, user));
            }
        }
    }

    private void apply(AdvisedPolicy advised, LocalUser user) {
        switch (advised.type()) {
            case IDENTITY -> user.policy("advised" + user.policies().size(), advised.json());
            case KEY -> {
                List<IamStatement> all =
                        new ArrayList<>(IamPolicy.fromJson(key.policy()).statements());
                all.addAll(advised.policy().statements());
                key.policy(IamPolicy.builder().statements(all).build().toJson());
            }
            default -> aws.s3(alice).putBucketPolicy(b -> b.bucket(BUCKET).policy(advised.json()));
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void saysNothingSecret_ofAnSseCKey(Calls.Kind kind) {
        EncryptionMode ours = EncryptionMode.sseC(SseCKeySource.fixed("ours", ContractSuite.key(7)));
        EncryptionMode other = EncryptionMode.sseC(SseCKeySource.fixed("other", ContractSuite.key(8)));
        client(kind, alice, ours).put(put("c"), BODY);
        Calls s3 = client(kind, alice, other);
        AccessReport report = report(assertThrows(S3Exception.class, () -> s3.get(get("c"))));
        assertEquals(FailureKind.CUSTOMER_KEY_WRONG, report.kind());
        assertEquals(Optional.empty(), report.deniedBy());
        String secret = ContractSuite.key(8).keyBase64();
        assertFalse(report.toText().contains(secret) || report.toJson().contains(secret));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void namesKms_whenTheClientItselfAsksForADataKey(Calls.Kind kind) {
        LocalUser bob = user(owner, "s3:*");
        Keyring keyring = keyring(kind, bob);
        Calls s3 = client(kind, bob, EncryptionMode.clientSide("documents", keyring));
        AccessReport report = report(assertThrows(KmsException.class, () -> s3.put(put("d"), BODY)));
        assertDenied(AccessGate.KMS, FailureKind.KMS_DENIED, report);
        assertEquals(List.of("kms:GenerateDataKey"), report.kmsActions());
        assertEquals("arn:aws:s3:::reports", report.encryptionContext().get("aws:s3:arn"));
        assertFalse(report.remedy().policies().get(0).json().contains("kms:ViaService"), report.toText());

        client(kind, alice, EncryptionMode.clientSide("documents", keyring(kind, alice)))
                .put(put("d"), BODY);
        AccessReport read = report(assertThrows(AwsServiceException.class, () -> s3.get(get("d"))));
        assertEquals(List.of("kms:Decrypt"), read.kmsActions());
        for (AdvisedPolicy policy : read.remedy().policies()) {
            apply(policy, bob);
        }
        assertArrayEquals(BODY, s3.get(get("d")).asByteArray());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void isFound_whereSeveralKeyringsFailed_andWhereADenialIsRemembered(Calls.Kind kind) {
        client(kind, alice, EncryptionMode.clientSide("documents", keyring(kind, alice)))
                .put(put("e"), BODY);
        LocalUser bob = user(owner, "s3:*");
        RawAesKeyring local =
                new RawAesKeyring(CryptoProvider.detect(), new SecureRandom(), "tests", "other", new byte[32]);
        Calls both = client(
                kind,
                bob,
                EncryptionMode.clientSide("documents", new MultiKeyring(local, List.of(keyring(kind, bob)))));
        assertDenied(
                AccessGate.KMS,
                FailureKind.KMS_DENIED,
                report(assertThrows(KeyringException.class, () -> both.get(get("e")))));

        try (DataKeyCache cache = DataKeyCache.builder().build()) {
            Calls cached = client(kind, bob, EncryptionMode.clientSide("documents", cache.over(keyring(kind, bob))));
            for (int i = 0; i < 2; i++) {
                assertDenied(
                        AccessGate.KMS,
                        FailureKind.KMS_DENIED,
                        report(assertThrows(AwsServiceException.class, () -> cached.get(get("e")))));
            }
        }
    }

    /** Who signs cannot be learned. */
    private static final class BrokenLookup implements PrincipalLookup {
        @Override
        public CompletionStage<String> arn(RequestCredentials credentials) {
            throw new IllegalStateException("out of order");
        }

        @Override
        public boolean blocking() {
            return true;
        }
    }

    private Keyring keyring(Calls.Kind kind, LocalPrincipal principal) {
        KmsKeyring.Builder builder = KmsKeyring.builder().generator(key.arn());
        return (kind == Calls.Kind.SYNC ? builder.client(aws.kms(principal)) : builder.client(aws.kmsAsync(principal)))
                .build();
    }
}
