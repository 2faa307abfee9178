package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.InsecureTransportException;
import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** What a presigned URL asks its user to send. */
class PresignerTest {
    private static final String KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final AccountId OWNER = AccountId.of("111122223333");
    private static final SseCKey SECRET = SseCKey.of(new byte[32]);

    private final S3Presigner plain = presigner("https://s3.us-east-1.amazonaws.com");

    @AfterEach
    void close() {
        plain.close();
    }

    @Test
    void aPresignedPutCarriesTheHeadersOfItsMode_signed() {
        PresignedRequest put = put(over(plain, EncryptionPolicy.always(EncryptionMode.sseKms(KEY))));
        Map<String, List<String>> headers = put.signedHeaders();
        assertEquals(List.of("aws:kms"), headers.get("x-amz-server-side-encryption"));
        assertEquals(List.of(KEY), headers.get("x-amz-server-side-encryption-aws-kms-key-id"));
        assertEquals(List.of(OWNER.digits()), headers.get("x-amz-expected-bucket-owner"));
        assertFalse(put.isBrowserExecutable());
    }

    @Test
    void aPresignedPutWithoutEncryptionHeadersIsABareUrl() {
        PresignedRequest put = put(over(plain, EncryptionPolicy.always(EncryptionMode.bucketDefault())));
        assertEquals(List.of("host"), List.copyOf(put.signedHeaders().keySet()));
    }

    @Test
    void anSseCUrlNamesTheKeyHeaders_forWriteAndRead() {
        EnvelopeS3Presigner presigner =
                over(plain, EncryptionPolicy.always(EncryptionMode.sseC(SseCKeySource.fixed("vault", SECRET))));
        PresignedRequest get = presigner.presignGetObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                .getObjectRequest(r -> r.bucket("reports").key("k")));
        for (PresignedRequest signed : List.of(put(presigner), get)) {
            Map<String, List<String>> headers = signed.signedHeaders();
            assertEquals(List.of("AES256"), headers.get("x-amz-server-side-encryption-customer-algorithm"));
            assertEquals(List.of(SECRET.keyBase64()), headers.get("x-amz-server-side-encryption-customer-key"));
            assertEquals(List.of(SECRET.md5Base64()), headers.get("x-amz-server-side-encryption-customer-key-md5"));
            assertFalse(signed.url().toString().contains(SECRET.keyBase64()));
        }
    }

    @Test
    void aPresignedReadOfAnObjectThatIsNotSseCIsABareUrl_andKeepsAnOwnerItsRequestAsksFor() {
        EnvelopeS3Presigner presigner = over(plain, EncryptionPolicy.always(EncryptionMode.sseKms(KEY)));
        PresignedRequest get = presigner.presignGetObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                .getObjectRequest(r -> r.bucket("reports").key("k")));
        assertTrue(get.isBrowserExecutable());
        PresignedRequest asked = presigner.presignGetObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                .getObjectRequest(r -> r.bucket("reports").key("k").expectedBucketOwner(OWNER.digits())));
        assertTrue(asked.signedHeaders().containsKey("x-amz-expected-bucket-owner"));
    }

    @Test
    void refusesToSignWhatThePolicyForbids() {
        EnvelopeS3Presigner presigner = over(
                plain,
                EncryptionPolicy.of(PolicyRule.enforce("kms", ObjectMatcher.anything(), EncryptionMode.sseKms(KEY))));
        assertThrows(
                PolicyViolationException.class,
                () -> presigner.presignPutObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                        .putObjectRequest(r -> r.bucket("reports").key("k").serverSideEncryption("AES256"))));
    }

    @Test
    void refusesAnSseCUrlOverPlainHttp() {
        try (S3Presigner http = presigner("http://storage.example")) {
            EnvelopeS3Presigner presigner =
                    over(http, EncryptionPolicy.always(EncryptionMode.sseC(SseCKeySource.fixed("vault", SECRET))));
            assertThrows(InsecureTransportException.class, () -> put(presigner));
        }
    }

    private static PresignedRequest put(EnvelopeS3Presigner presigner) {
        return presigner.presignPutObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                .putObjectRequest(r -> r.bucket("reports").key("k")));
    }

    private static EnvelopeS3Presigner over(S3Presigner wrapped, EncryptionPolicy policy) {
        return EnvelopeS3Presigner.builder()
                .wrapping(wrapped)
                .policy(policy)
                .region(Region.US_EAST_1)
                .writeGuard(WriteGuard.builder()
                        .bucketDirectory(BucketDirectory.builder()
                                .allOthersOwnedBy(OWNER)
                                .build())
                        .build())
                .build();
    }

    private static S3Presigner presigner(String endpoint) {
        return S3Presigner.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(URI.create(endpoint))
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")))
                .build();
    }
}
