package dev.s3envelope.examples.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.kms.KmsMacKeySource;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** What {@code envelope cost} says is what LocalAws's KMS counts when it is done: written by one principal, read by another. */
class CountedOnLocalAwsTest {
    private static final String BUCKET = "counted";
    private static final int PART = 5 << 20;

    private LocalAws aws;
    private LocalAccount account;
    private LocalUser writer;
    private LocalUser reader;
    private String key;
    private String hmac;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        writer = account.createUser("writer").allow("s3:*").allow("kms:*");
        reader = account.createUser("reader").allow("s3:*").allow("kms:*");
        key = account.createKey().arn();
        hmac = account.createHmacKey(aws.region()).arn();
        aws.s3(writer).createBucket(request -> request.bucket(BUCKET));
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private EncryptionMode mode(KeyUse use, LocalUser who) {
        return switch (use) {
            case SSE_S3 -> EncryptionMode.sseS3();
            case SSE_KMS ->
                SseKms.builder(KeyReference.parse(key))
                        .bucketKey(BucketKey.DISABLED)
                        .build();
            case SSE_KMS_BUCKET_KEY ->
                SseKms.builder(KeyReference.parse(key))
                        .bucketKey(BucketKey.ENABLED)
                        .build();
            case DSSE_KMS -> EncryptionMode.dsseKms(key);
            case SSE_C -> EncryptionMode.sseC(SseCKeySource.fixed("own", SseCKey.of(new byte[32])));
            case SSE_C_MAC ->
                EncryptionMode.sseC(KmsMacKeySource.builder("mac")
                        .client(aws.kms(who))
                        .key(hmac)
                        .build());
            case CLIENT_SIDE -> clientSide(keyring(who), ContextScope.BUCKET);
            case CLIENT_SIDE_OBJECT -> clientSide(cached(keyring(who)), ContextScope.OBJECT);
            case CLIENT_SIDE_BUCKET -> clientSide(cached(keyring(who)), ContextScope.BUCKET);
        };
    }

    private Keyring keyring(LocalUser who) {
        return KmsKeyring.builder().client(aws.kms(who)).generator(key).build();
    }

    private static Keyring cached(Keyring keyring) {
        return DataKeyCache.builder().build().over(keyring);
    }

    private static EncryptionMode clientSide(Keyring keyring, ContextScope scope) {
        return ClientSide.builder("documents", keyring)
                .contextScope(scope)
                .over(EncryptionMode.sseS3())
                .build();
    }

    private S3Client client(KeyUse use, LocalUser who) {
        return EnvelopeS3Client.builder()
                .wrapping(aws.s3(who))
                .policy(EncryptionPolicy.always(mode(use, who)))
                .build();
    }

    @ParameterizedTest
    @EnumSource(KeyUse.class)
    void saysWhatIsCounted_ofSmallObjects(KeyUse use) {
        Workload load = new Workload(20, 100, PART, 1, 100, 1, Duration.ofMinutes(5));
        S3Client writes = client(use, writer);
        EventLog.Mark start = aws.events().mark();
        for (int i = 0; i < load.objects(); i++) {
            String name = "object-" + i;
            writes.putObject(r -> r.bucket(BUCKET).key(name), RequestBody.fromBytes(new byte[100]));
        }

        assertEquals(
                use.of(load).writing(),
                counted(start).values().stream().mapToInt(n -> n).sum());
        read(client(use, reader), load);
        assertCounted(use, load, start);
    }

    @ParameterizedTest
    @EnumSource(KeyUse.class)
    void saysWhatIsCounted_ofUploadsInParts(KeyUse use) {
        Workload load = new Workload(3, 2L * PART + 100, PART, 1, 100, 1, Duration.ofMinutes(5));
        S3Client writes = client(use, writer);
        EventLog.Mark start = aws.events().mark();
        for (int i = 0; i < load.objects(); i++) {
            upload(writes, "object-" + i, load);
        }
        read(client(use, reader), load);

        assertCounted(use, load, start);
    }

    private static void upload(S3Client s3, String name, Workload load) {
        String id = s3.createMultipartUpload(r -> r.bucket(BUCKET).key(name)).uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int number = 1; number <= load.parts(); number++) {
            int part = number;
            byte[] body = new byte[(int) Math.min(PART, load.size() - (long) (number - 1) * PART)];
            parts.add(CompletedPart.builder()
                    .partNumber(part)
                    .eTag(s3.uploadPart(
                                    r -> r.bucket(BUCKET).key(name).uploadId(id).partNumber(part),
                                    RequestBody.fromBytes(body))
                            .eTag())
                    .build());
        }
        s3.completeMultipartUpload(
                r -> r.bucket(BUCKET).key(name).uploadId(id).multipartUpload(all -> all.parts(parts)));
    }

    private static void read(S3Client s3, Workload load) {
        for (int i = 0; i < load.objects(); i++) {
            String name = "object-" + i;
            assertEquals(
                    load.size(),
                    s3.getObjectAsBytes(r -> r.bucket(BUCKET).key(name)).asByteArrayUnsafe().length);
        }
    }

    private void assertCounted(KeyUse use, Workload load, EventLog.Mark start) {
        KmsRequests said = use.of(load);
        Map<String, Integer> expected = new TreeMap<>();
        put(expected, "GenerateDataKey", said.generateDataKey());
        put(expected, "Decrypt", said.decryptToWrite() + said.decryptToRead());
        put(expected, "GenerateMac", said.generateMac());
        assertEquals(expected, counted(start));
    }

    private static void put(Map<String, Integer> expected, String operation, long count) {
        if (count > 0) {
            expected.put(operation, (int) count);
        }
    }

    private Map<String, Integer> counted(EventLog.Mark start) {
        Map<String, Integer> counts = new TreeMap<>();
        aws.events()
                .since(start)
                .service("kms")
                .list()
                .forEach(event -> counts.merge(event.operation(), 1, Integer::sum));
        return counts;
    }
}
