package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** The credentials a request brings along are those KMS is asked with, and a cache gives nobody the data keys of somebody else. */
class ClientSideCredentialsTest {
    private LocalAwsTarget target;
    private LocalPrincipal root;
    private LocalUser carol;
    private LocalUser bob;
    private DataKeyCache cache;

    @BeforeEach
    void start() {
        target = new LocalAwsTarget();
        LocalAccount account = target.aws().account(target.account().toString());
        root = account.root();
        carol = account.createUser("carol").allow("s3:*").allow("kms:*");
        bob = account.createUser("bob").allow("s3:*");
        cache = DataKeyCache.builder().build();
    }

    @AfterEach
    void stop() {
        cache.close();
        target.close();
    }

    private Calls client(Calls.Kind kind) {
        Keyring kms = kind == Calls.Kind.SYNC
                ? KmsKeyring.builder()
                        .client(target.aws().kms(root))
                        .generator(target.kmsKey())
                        .build()
                : KmsKeyring.builder()
                        .client(target.aws().kmsAsync(root))
                        .generator(target.kmsKey())
                        .build();
        return kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.clientSide("kms", cache.over(kms)))));
    }

    private static Consumer<AwsRequestOverrideConfiguration.Builder> as(LocalPrincipal principal) {
        return configuration -> configuration.credentialsProvider(principal.credentialsProvider());
    }

    private PutObjectRequest.Builder put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private GetObjectRequest.Builder get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private List<String> seen(EventLog.Mark since) {
        return target.aws().events().since(since).list().stream()
                .map(event -> event.operation() + " by "
                        + event.principalArn()
                                .map(arn -> arn.substring(arn.lastIndexOf('/') + 1))
                                .orElse("nobody"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void whoMayNotUseTheKey_writesAndReadsNothing_thoughTheClientHasItInItsCache(Calls.Kind kind) {
        Calls s3 = client(kind);
        byte[] body = ContractSuite.bytes(1, 100_000);
        s3.put(put("shared").build(), body);
        assertArrayEquals(body, s3.get(get("shared").build()).asByteArray());
        EventLog.Mark start = target.aws().events().mark();

        KmsException writing = assertThrows(
                KmsException.class,
                () -> s3.put(put("bobs").overrideConfiguration(as(bob)).build(), body));
        assertEquals("AccessDeniedException", writing.awsErrorDetails().errorCode());
        assertEquals(List.of("GenerateDataKey by bob"), seen(start), "nothing was sent to S3");

        KmsException reading = assertThrows(
                KmsException.class,
                () -> s3.get(get("shared").overrideConfiguration(as(bob)).build()));
        assertEquals("AccessDeniedException", reading.awsErrorDetails().errorCode());
        assertThrows(
                KmsException.class,
                () -> s3.get(get("shared")
                        .range("bytes=70000-70001")
                        .overrideConfiguration(as(bob))
                        .build()));
        assertArrayEquals(body, s3.get(get("shared").build()).asByteArray(), "bob's denial is nobody else's");
    }

    @ParameterizedTest
    @EnumSource
    void aCallersOwnCredentials_areAskedWithOnce_andServeNobodyElse(Calls.Kind kind) {
        Calls s3 = client(kind);
        byte[] body = ContractSuite.bytes(2, 100_000);
        s3.put(put("configured").build(), body);
        EventLog.Mark start = target.aws().events().mark();

        s3.put(put("carols/1").overrideConfiguration(as(carol)).build(), body);
        s3.put(put("carols/2").overrideConfiguration(as(carol)).build(), body);
        s3.get(get("carols/1").overrideConfiguration(as(carol)).build());
        s3.get(get("carols/1").overrideConfiguration(as(carol)).build());
        s3.put(put("configured/2").build(), body);

        assertEquals(
                List.of(
                        "GenerateDataKey by carol",
                        "PutObject by carol",
                        "PutObject by carol",
                        "GetObject by carol",
                        "Decrypt by carol",
                        "GetObject by carol"),
                seen(start).subList(0, 6));
        assertEquals(1, seen(start).size() - 6, "the configured credentials still have their own data key");
    }

    @ParameterizedTest
    @EnumSource
    void anUploadInParts_hasTheDataKeyOfWhoeverBeganIt(Calls.Kind kind) {
        Calls s3 = client(kind);
        s3.put(put("configured").build(), new byte[10]);
        EventLog.Mark start = target.aws().events().mark();
        byte[] body = ContractSuite.bytes(3, 100_000);

        String id = s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key("parts")
                        .overrideConfiguration(as(carol))
                        .build())
                .uploadId();
        String eTag = s3.part(
                        UploadPartRequest.builder()
                                .bucket(target.bucket())
                                .key("parts")
                                .uploadId(id)
                                .partNumber(1)
                                .overrideConfiguration(as(carol))
                                .build(),
                        body)
                .eTag();
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key("parts")
                .uploadId(id)
                .multipartUpload(u ->
                        u.parts(CompletedPart.builder().partNumber(1).eTag(eTag).build()))
                .overrideConfiguration(as(carol))
                .build());

        assertEquals(
                List.of(
                        "GenerateDataKey by carol",
                        "CreateMultipartUpload by carol",
                        "UploadPart by carol",
                        "CompleteMultipartUpload by carol"),
                seen(start));
        assertArrayEquals(
                body,
                s3.get(get("parts").overrideConfiguration(as(carol)).build()).asByteArray());
        assertEquals(
                Optional.of(carol.arn()),
                target.aws().events().since(start).service("kms").operation("Decrypt").list().stream()
                        .findFirst()
                        .flatMap(event -> event.principalArn()));
    }
}
