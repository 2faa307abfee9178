package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DataKeySpec;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.KmsException;

class LocalAwsTest {
    private static final String ACCOUNT = "111122223333";

    @Test
    void servesEveryRegion_fromOneEndpoint() {
        try (LocalAws aws = LocalAws.start()) {
            LocalAccount account = aws.account(ACCOUNT);
            LocalKey ireland = account.createKey("eu-west-1");
            assertEquals("us-east-1", aws.region());
            try (KmsClient kms = aws.configure(KmsClient.builder(), account.root())
                    .region(Region.EU_WEST_1)
                    .build()) {
                assertEquals(
                        ireland.arn(),
                        kms.generateDataKey(b -> b.keyId(ireland.keyId()).keySpec(DataKeySpec.AES_256))
                                .keyId());
            }
            assertEquals(
                    "eu-west-1",
                    aws.events().operation("GenerateDataKey").last().region());
        }
    }

    @Test
    void makesArnsOfThePartition_whenTheRegionIsInChina() {
        try (LocalAws aws = LocalAws.builder().region("cn-north-1").build()) {
            LocalAccount account = aws.account(ACCOUNT);
            assertTrue(account.createKey().arn().startsWith("arn:aws-cn:kms:cn-north-1:"));
            assertEquals(
                    "arn:aws-cn:iam::111122223333:root",
                    aws.sts(account.root()).getCallerIdentity().arn());
            aws.kms(account.root())
                    .generateDataKey(b -> b.keyId(account.createKey().arn()).keySpec(DataKeySpec.AES_256));
        }
    }

    @Test
    void speaksTls_withACertificateOnlyItsOwnClientsTrust() {
        try (LocalAws aws = LocalAws.builder().https(true).build()) {
            LocalUser alice = aws.account(ACCOUNT).createUser("alice").policy("tls", """
                    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kms:ListKeys", "Resource": "*",
                      "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}""");
            assertEquals("https", aws.endpoint().getScheme());
            aws.kms(alice).listKeys();
            aws.kmsAsync(alice).listKeys().join();
            assertTrue(aws.events().operation("ListKeys").last().secure());
            assertTrue(aws.certificatePem().orElseThrow().startsWith("-----BEGIN CERTIFICATE-----"));
            try (KmsClient stranger = KmsClient.builder()
                    .endpointOverride(aws.endpoint())
                    .region(Region.US_EAST_1)
                    .credentialsProvider(alice.credentialsProvider())
                    .httpClient(Apache5HttpClient.create())
                    .build()) {
                assertThrows(SdkClientException.class, stranger::listKeys);
            }
        }
    }

    @Test
    void refusesUnknownCredentialsAndWrongSecrets() {
        try (LocalAws aws = LocalAws.start()) {
            LocalRoot root = aws.account(ACCOUNT).root();
            String id = root.credentials().accessKeyId();
            assertEquals("InvalidSignatureException", refusal(aws, id, "not the secret access key of anybody"));
            assertEquals("UnrecognizedClientException", refusal(aws, "AKIAIOSFODNN7EXAMPLE", "whatever"));
            assertFalse(aws.events().all().last().succeeded());
        }
    }

    private static String refusal(LocalAws aws, String accessKeyId, String secret) {
        try (KmsClient kms = aws.configure(
                        KmsClient.builder(), aws.account(ACCOUNT).root())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKeyId, secret)))
                .build()) {
            return assertThrows(KmsException.class, kms::listKeys)
                    .awsErrorDetails()
                    .errorCode();
        }
    }

    @Test
    void hasAsynchronousClients() {
        try (LocalAws aws = LocalAws.start()) {
            LocalUser alice = aws.account(ACCOUNT).createUser("alice").allow("s3:*");
            aws.s3Async(alice).createBucket(b -> b.bucket("documents")).join();
            aws.s3Async(alice)
                    .putObject(b -> b.bucket("documents").key("a"), AsyncRequestBody.fromString("hello"))
                    .join();
            assertEquals(
                    "hello",
                    aws.s3Async(alice)
                            .getObject(b -> b.bucket("documents").key("a"), AsyncResponseTransformer.toBytes())
                            .join()
                            .asUtf8String());
            assertThrows(
                    CompletionException.class,
                    () -> aws.kmsAsync(alice).listKeys().join());
        }
    }

    @Test
    void findsEverythingAgain_whenStartedOnTheSameDirectory(@TempDir Path directory) {
        String keyArn;
        SdkBytes blob;
        AwsBasicCredentials credentials;
        Map<String, String> context = Map.of("tenant", "seven");
        try (LocalAws aws = LocalAws.builder().directory(directory).build()) {
            LocalAccount account = aws.account(ACCOUNT);
            LocalUser alice = account.createUser("team/alice")
                    .allow("s3:*")
                    .allow("kms:*")
                    .tags(Map.of("team", "a"));
            credentials = (AwsBasicCredentials) alice.credentials();
            LocalKey key = account.createKey().alias("alias/documents");
            keyArn = key.arn();
            blob = aws.kms(alice)
                    .encrypt(b -> b.keyId("alias/documents")
                            .plaintext(SdkBytes.fromUtf8String("old"))
                            .encryptionContext(context))
                    .ciphertextBlob();
            key.rotate();
            aws.kms(alice)
                    .createGrant(b -> b.keyId(keyArn)
                            .granteePrincipal(alice.arn())
                            .operations(GrantOperation.DECRYPT)
                            .constraints(c -> c.encryptionContextSubset(context)));
            aws.s3(alice).createBucket(b -> b.bucket("documents"));
            aws.s3(alice)
                    .putObject(
                            b -> b.bucket("documents")
                                    .key("a")
                                    .serverSideEncryption("aws:kms")
                                    .ssekmsKeyId(keyArn),
                            RequestBody.fromString("hello"));
        }
        try (LocalAws aws = LocalAws.builder().directory(directory).build()) {
            LocalUser alice = aws.account(ACCOUNT).user("alice");
            assertEquals("arn:aws:iam::111122223333:user/team/alice", alice.arn());
            assertEquals(credentials, alice.credentials());
            assertEquals(keyArn, aws.account(ACCOUNT).key("alias/documents").arn());
            assertEquals(
                    "old",
                    aws.kms(alice)
                            .decrypt(b -> b.ciphertextBlob(blob).encryptionContext(context))
                            .plaintext()
                            .asUtf8String());
            assertEquals(
                    context,
                    aws.kms(alice)
                            .listGrants(b -> b.keyId(keyArn))
                            .grants()
                            .get(0)
                            .constraints()
                            .encryptionContextSubset());
            assertEquals(
                    "hello",
                    aws.s3(alice)
                            .getObjectAsBytes(b -> b.bucket("documents").key("a"))
                            .asUtf8String());
        }
    }

    @Test
    void takesAtLeastTheKmsLatency() {
        try (LocalAws aws =
                LocalAws.builder().kmsLatency(Duration.ofMillis(200)).build()) {
            KmsClient kms = aws.kms(aws.account(ACCOUNT).root());
            long start = System.nanoTime();
            kms.listKeys();
            assertTrue(System.nanoTime() - start >= 200_000_000L);
        }
    }

    @Test
    void refusesWhatIsNotAnAccountNameOrRegion() {
        assertThrows(IllegalArgumentException.class, () -> LocalAws.builder().region("Ireland"));
        assertThrows(IllegalArgumentException.class, () -> LocalAws.builder().port(70_000));
        try (LocalAws aws = LocalAws.start()) {
            assertThrows(IllegalArgumentException.class, () -> aws.account("1234"));
            LocalAccount account = aws.account(ACCOUNT);
            account.createUser("alice");
            assertThrows(IllegalArgumentException.class, () -> account.createUser("alice"));
            assertThrows(IllegalArgumentException.class, () -> account.createUser("no spaces"));
            assertThrows(NoSuchElementException.class, () -> account.key("alias/none"));
        }
    }

    @Test
    void neverShowsASecret() {
        try (LocalAws aws = LocalAws.start()) {
            LocalAccount account = aws.account(ACCOUNT);
            LocalUser alice = account.createUser("alice").allow("kms:*");
            String secret = alice.credentials().secretAccessKey();
            LocalKey key = account.createKey();
            byte[] dataKey = aws.kms(alice)
                    .generateDataKey(b -> b.keyId(key.arn()).keySpec(DataKeySpec.AES_256))
                    .plaintext()
                    .asByteArray();
            String seen = alice + aws.toString() + key + aws.events().all();
            assertFalse(seen.contains(secret));
            assertFalse(seen.contains(java.util.Base64.getEncoder().encodeToString(dataKey)));
        }
    }
}
