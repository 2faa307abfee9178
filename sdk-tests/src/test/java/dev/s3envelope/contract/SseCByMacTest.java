package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.kms.KmsMacKeySource;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Presigner;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** SSE-C under keys derived by KMS, through every operation that needs a key, on both clients. */
class SseCByMacTest {
    private static final byte[] BODY = ContractSuite.bytes(4, 100_000);

    private LocalAwsTarget target;
    private LocalAws aws;
    private LocalAccount account;
    private LocalUser alice;
    private LocalKey hmac;

    @BeforeEach
    void start() {
        target = new LocalAwsTarget();
        aws = target.aws();
        account = aws.account("111122223333");
        alice = account.createUser("alice").allow("kms:*").allow("s3:*");
        hmac = account.createHmacKey(aws.region());
    }

    @AfterEach
    void stop() {
        target.close();
    }

    private KmsMacKeySource.Builder builder(Calls.Kind kind) {
        KmsMacKeySource.Builder builder = KmsMacKeySource.builder("backup");
        return kind == Calls.Kind.SYNC ? builder.client(aws.kms(alice)) : builder.client(aws.kmsAsync(alice));
    }

    private KmsMacKeySource source(Calls.Kind kind) {
        return builder(kind).key(hmac.arn()).build();
    }

    private Calls client(Calls.Kind kind, KmsMacKeySource source) {
        return kind.open(target, builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.sseC(source))));
    }

    private long macs(EventLog.Mark since) {
        return aws.events().since(since).service("kms").list().stream()
                .filter(event -> event.operation().equals("GenerateMac"))
                .count();
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void writesReadsAndCopies_withOneCallToKms(Calls.Kind kind) {
        EventLog.Mark start = aws.events().mark();
        Calls s3 = client(kind, source(kind));

        s3.put(put("a"), BODY);
        assertArrayEquals(BODY, s3.get(get("a").build()).asByteArray());
        assertArrayEquals(
                Arrays.copyOfRange(BODY, 10, 21),
                s3.get(get("a").range("bytes=10-20").build()).asByteArray());
        assertEquals(BODY.length, s3.head(head("a")).contentLength());
        assertEquals(
                BODY.length,
                s3.attributes(GetObjectAttributesRequest.builder()
                                .bucket(target.bucket())
                                .key("a")
                                .objectAttributes(ObjectAttributes.OBJECT_SIZE)
                                .build())
                        .objectSize());
        s3.copy(CopyObjectRequest.builder()
                .sourceBucket(target.bucket())
                .sourceKey("a")
                .destinationBucket(target.bucket())
                .destinationKey("b")
                .build());
        assertArrayEquals(BODY, s3.get(get("b").build()).asByteArray());

        assertEquals(1, macs(start), "one bucket, one version, one principal");
        String a = String.valueOf(s3.head(head("a")).sseCustomerKeyMD5());
        assertTrue(!a.equals(s3.head(head("b")).sseCustomerKeyMD5()), "each object has its own key");
        assertThrows(S3Exception.class, () -> target.s3().getObjectAsBytes(get("a").build()));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void sendsTheKeyWithEveryPart(Calls.Kind kind) {
        Calls s3 = client(kind, source(kind));
        byte[] first = ContractSuite.bytes(1, 5 << 20);
        s3.put(put("source"), BODY);
        String id = s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key("parts")
                        .build())
                .uploadId();

        String one = s3.part(part(id, 1), first).eTag();
        // Another client of another process goes on with the upload: its key follows from the name.
        String two = client(kind, source(kind))
                .partCopy(UploadPartCopyRequest.builder()
                        .sourceBucket(target.bucket())
                        .sourceKey("source")
                        .destinationBucket(target.bucket())
                        .destinationKey("parts")
                        .uploadId(id)
                        .partNumber(2)
                        .build())
                .copyPartResult()
                .eTag();
        s3.parts(ListPartsRequest.builder()
                .bucket(target.bucket())
                .key("parts")
                .uploadId(id)
                .build());
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key("parts")
                .uploadId(id)
                .multipartUpload(upload -> upload.parts(
                        CompletedPart.builder().partNumber(1).eTag(one).build(),
                        CompletedPart.builder().partNumber(2).eTag(two).build()))
                .build());

        byte[] whole = Arrays.copyOf(first, first.length + BODY.length);
        System.arraycopy(BODY, 0, whole, first.length, BODY.length);
        assertArrayEquals(whole, s3.get(get("parts").build()).asByteArray());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void readsOldVersions_andExplainsTheOneWhoseKeyIsGone(Calls.Kind kind) {
        LocalKey next = account.createHmacKey(aws.region());
        client(kind, source(kind)).put(put("old"), BODY);
        KmsMacKeySource rotated =
                builder(kind).key(hmac.arn()).keyFrom(2, next.arn()).build();
        Calls s3 = client(kind, rotated);
        s3.put(put("new"), BODY);
        assertArrayEquals(BODY, s3.get(get("old").build()).asByteArray());
        String id = client(kind, source(kind))
                .create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key("begun")
                        .build())
                .uploadId();
        hmac.scheduleDeletion();
        rotated.invalidateAll();

        // What was learned of "old" names a key that is gone; the other is tried, and why it is not enough is said.
        RuntimeException refused =
                assertThrows(RuntimeException.class, () -> s3.get(get("old").build()));
        IllegalKeyException why = Stream.concat(Stream.of(refused), Arrays.stream(refused.getSuppressed()))
                .filter(IllegalKeyException.class::isInstance)
                .map(IllegalKeyException.class::cast)
                .findFirst()
                .orElseThrow(() -> refused);
        assertTrue(String.valueOf(why.getMessage()).contains("keys of version 1"), why::getMessage);
        assertTrue(String.valueOf(why.getMessage()).contains(hmac.arn()), why::getMessage);
        assertArrayEquals(BODY, s3.get(get("new").build()).asByteArray());
        assertThrows(
                RuntimeException.class,
                () -> s3.part(part(id, 1).toBuilder().key("begun").build(), BODY));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void derivesInTheNameOfTheRequest_andSendsNothingWithoutAKey(Calls.Kind kind) {
        LocalUser bob = account.createUser("bob").allow("s3:*");
        Calls s3 = client(kind, source(kind));
        s3.put(put("a"), BODY);
        EventLog.Mark start = aws.events().mark();

        LookupFailedException reading = assertThrows(
                LookupFailedException.class,
                () -> s3.get(get("a").overrideConfiguration(o -> o.credentialsProvider(bob.credentialsProvider()))
                        .build()));
        LookupFailedException writing = assertThrows(
                LookupFailedException.class,
                () -> s3.put(
                        put("b").toBuilder()
                                .overrideConfiguration(o -> o.credentialsProvider(bob.credentialsProvider()))
                                .build(),
                        BODY));

        assertTrue(String.valueOf(reading.getMessage()).contains(bob.arn()), reading::getMessage);
        assertTrue(
                String.valueOf(writing.getMessage()).contains("kms:GenerateMac is not permitted"), writing::getMessage);
        assertEquals(0, aws.events().since(start).service("s3").size(), "neither request was sent");
        assertArrayEquals(BODY, s3.get(get("a").build()).asByteArray());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void servesReadSources_enforcedHeaders_andTheModeBeneathClientSide(Calls.Kind kind) {
        KmsMacKeySource source = source(kind);
        client(kind, source).put(put("a"), BODY);
        Calls reader = kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                        .readKeySource(source));
        assertArrayEquals(BODY, reader.get(get("a").build()).asByteArray());

        // The request brings the very key the rule enforces: compared, which needs the rule's key made ready.
        Calls enforcing = kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.of(
                        PolicyRule.enforce("all", ObjectMatcher.anything(), EncryptionMode.sseC(source)))));
        try (SseCKey same = derived(source, "c")) {
            enforcing.put(
                    put("c").toBuilder()
                            .sseCustomerAlgorithm("AES256")
                            .sseCustomerKey(same.keyBase64())
                            .sseCustomerKeyMD5(same.md5Base64())
                            .build(),
                    BODY);
        }
        assertArrayEquals(BODY, enforcing.get(get("c").build()).asByteArray());

        RawAesKeyring keyring =
                new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "k", ContractSuite.bytes(1, 32));
        Calls above = kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.always(ClientSide.builder("k", keyring)
                        .over(EncryptionMode.sseC(source))
                        .build())));
        above.put(put("d"), BODY);
        assertArrayEquals(BODY, above.get(get("d").build()).asByteArray());
        assertEquals("AES256", above.head(head("d")).sseCustomerAlgorithm());
    }

    private SseCKey derived(KmsMacKeySource source, String key) {
        ObjectAddress object = new ObjectAddress(target.bucket(), key);
        source.prepare(object).toCompletableFuture().join();
        return source.keyForWrite(object);
    }

    @Test
    void blocksNeitherTheCallerNorAnEventLoop_whenKmsIsSynchronous() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        KmsClient kms = aws.configure(KmsClient.builder(), alice)
                .overrideConfiguration(o -> o.addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
                        threads.add(Thread.currentThread().getName());
                    }
                }))
                .build();
        KmsMacKeySource source = KmsMacKeySource.builder("backup")
                .client(kms)
                .key(hmac.arn())
                .maxAge(Duration.ofNanos(1))
                .build();
        try (EnvelopeS3AsyncClient s3 = EnvelopeS3AsyncClient.builder()
                .wrapping(target.s3Async())
                .policy(EncryptionPolicy.always(EncryptionMode.sseC(source)))
                .build()) {
            s3.putObject(put("a"), AsyncRequestBody.fromBytes(BODY)).join();
            assertArrayEquals(
                    BODY,
                    s3.getObject(get("a").build(), AsyncResponseTransformer.toBytes())
                            .join()
                            .asByteArray());
            s3.createMultipartUpload(r -> r.bucket(target.bucket()).key("m"))
                    .thenCompose(made -> s3.uploadPart(
                            part(made.uploadId(), 1).toBuilder().key("m").build(), AsyncRequestBody.fromBytes(BODY)))
                    .join();
        }
        assertEquals(Set.of("s3-envelope-keys"), threads);
    }

    @Test
    void signsUrls() throws Exception {
        KmsMacKeySource source = source(Calls.Kind.SYNC);
        client(Calls.Kind.SYNC, source).put(put("a"), BODY);
        EnvelopeS3Presigner presigner = EnvelopeS3Presigner.builder()
                .wrapping(target.presigner())
                .policy(EncryptionPolicy.always(EncryptionMode.sseC(source)))
                .build();
        var signed = presigner.presignGetObject(
                r -> r.signatureDuration(Duration.ofMinutes(1)).getObjectRequest(get("a").build()));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(signed.url().toString()));
        signed.signedHeaders().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("host")) {
                request.header(name, values.get(0));
            }
        });
        assertArrayEquals(
                BODY,
                target.http()
                        .send(request.build(), HttpResponse.BodyHandlers.ofByteArray())
                        .body());
    }

    private PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private GetObjectRequest.Builder get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private HeadObjectRequest head(String key) {
        return HeadObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private UploadPartRequest part(String id, int number) {
        return UploadPartRequest.builder()
                .bucket(target.bucket())
                .key("parts")
                .uploadId(id)
                .partNumber(number)
                .build();
    }
}
