package dev.s3envelope.core.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.ssec.SseCKey;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedEncryptionTest {
    private static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final SseCKey KEY = SseCKey.of(new byte[32]);
    private static final ContextPairs CONTEXT = ContextPairs.of("a", "b");

    private static RequestedEncryption.Builder request() {
        return RequestedEncryption.builder();
    }

    private static RequestedEncryption.Builder customer() {
        return request().customerAlgorithm("AES256").customerKey(KEY.keyBase64());
    }

    private static void refused(RequestedEncryption.Builder request, String... essentials) {
        Refused.by(IllegalEncryptionException.class, () -> request.build().mode(), essentials);
    }

    @Test
    void isNoMode_whenTheRequestSaysNothing() {
        assertEquals(Optional.empty(), request().build().mode());
        assertTrue(request().build().isEmpty());
        assertEquals(Optional.empty(), request().build().customerKey());
        assertEquals(Optional.empty(), request().bucketKeyEnabled(false).build().mode());
    }

    @Test
    void readsTheModesManagedByS3AndKms() {
        assertEquals(
                Optional.of(EncryptionMode.sseS3()),
                request().serverSideEncryption("AES256").build().mode());
        assertEquals(
                Optional.of(EncryptionMode.awsManagedKms()),
                request().serverSideEncryption("aws:kms").build().mode());
        assertEquals(
                Optional.of(SseKms.builder(KeyReference.parse(ARN))
                        .bucketKey(BucketKey.ENABLED)
                        .context(CONTEXT)
                        .build()),
                request()
                        .serverSideEncryption("aws:kms")
                        .kmsKeyId(ARN)
                        .bucketKeyEnabled(true)
                        .context(CONTEXT.headerValue())
                        .build()
                        .mode());
        assertEquals(
                Optional.of(SseKms.builder().bucketKey(BucketKey.DISABLED).build()),
                request()
                        .serverSideEncryption("aws:kms")
                        .bucketKeyEnabled(false)
                        .build()
                        .mode());
        assertEquals(
                Optional.of(DsseKms.builder(KeyReference.parse("alias/x"))
                        .context(CONTEXT)
                        .build()),
                request()
                        .serverSideEncryption("aws:kms:dsse")
                        .kmsKeyId("alias/x")
                        .context(CONTEXT.headerValue())
                        .bucketKeyEnabled(false)
                        .build()
                        .mode());
    }

    @Test
    void readsACustomerKey_withAndWithoutItsMd5() {
        for (String md5 : new @Nullable String[] {null, KEY.md5Base64()}) {
            RequestedEncryption request = customer().customerKeyMd5(md5).build();

            assertEquals(Optional.of(KEY), request.customerKey());
            SseC mode = (SseC) request.mode().orElseThrow();
            assertEquals(KEY, mode.source().keyForWrite(new ObjectAddress("abc", "k")));
            assertEquals(
                    1, mode.source().keysForRead(new ObjectAddress("abc", "k")).size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"AES256", "aws:kms", "aws:kms:dsse"})
    void refusesACustomerKeyTogetherWithAnotherMode(String other) {
        refused(
                customer().serverSideEncryption(other),
                "customer-provided key (SSE-C)",
                "\"" + other + "\"",
                "one way only");
    }

    @Test
    void refusesACustomerKeyTogetherWithKmsFields() {
        refused(customer().kmsKeyId(ARN), "SSE-C", ARN);
        refused(customer().context(CONTEXT.headerValue()), "SSE-C", "an encryption context");
        refused(customer().bucketKeyEnabled(true), "SSE-C", "a bucket key");
    }

    @Test
    void refusesKmsFields_withoutKms() {
        refused(request().kmsKeyId(ARN), "a KMS key (\"" + ARN + "\")", "no server-side encryption", "aws:kms");
        refused(request().context(CONTEXT.headerValue()), "an encryption context", "aws:kms");
        refused(request().bucketKeyEnabled(true), "a bucket key", "aws:kms");
        refused(
                request().serverSideEncryption("AES256").kmsKeyId(ARN),
                "AES256",
                "a KMS key",
                "Use aws:kms, or remove it");
        refused(
                request().serverSideEncryption("AES256").context(CONTEXT.headerValue()),
                "AES256",
                "an encryption context");
        refused(request().serverSideEncryption("AES256").bucketKeyEnabled(true), "AES256", "a bucket key");
    }

    @Test
    void refusesABucketKeyUnderDsse() {
        refused(request().serverSideEncryption("aws:kms:dsse").bucketKeyEnabled(true), "bucket key", "aws:kms:dsse");
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws:fsx", "aws:backup", "aes256", "AWS:KMS", "", "none"})
    void refusesOtherServerSideEncryptions(String value) {
        refused(request().serverSideEncryption(value), "\"" + value + "\"", "Use AES256, aws:kms or aws:kms:dsse");
    }

    @Test
    void refusesAnIncompleteOrWrongTrio() {
        refused(request().customerAlgorithm("AES256"), "no key");
        refused(request().customerKeyMd5(KEY.md5Base64()), "no key");
        refused(request().customerKey(KEY.keyBase64()), "no algorithm");
        refused(customer().customerAlgorithm("aes256"), "\"aes256\"", "AES256 only");
        refused(customer().customerAlgorithm("aws:kms"), "AES256 only");
        refused(customer().customerKey("AAAA"), "exactly 32 bytes", "has 3");
        refused(customer().customerKey("*"), "not base64");
        refused(customer().customerKeyMd5("AAAAAAAAAAAAAAAAAAAAAA=="), "not the MD5 of its key");
        refused(customer().customerKeyMd5(""), "not the MD5 of its key");
    }

    @Test
    void refusesMalformedKeysAndContexts() {
        Refused.by(
                IllegalKeyException.class,
                () -> request()
                        .serverSideEncryption("aws:kms")
                        .kmsKeyId("nonsense")
                        .build()
                        .mode(),
                "nonsense");
        refused(request().serverSideEncryption("aws:kms").context("{}"), "Malformed encryption context");
    }

    @Test
    void showsWhatIsSet_andNeverTheCustomersKey() {
        byte[] bytes = new byte[32];
        new Random(1).nextBytes(bytes);
        SseCKey key = SseCKey.of(bytes);
        RequestedEncryption request = customer().customerKey(key.keyBase64()).build();

        assertFalse(request.toString().contains(key.keyBase64()));
        assertTrue(request.toString().contains("sse-c=set"), request.toString());
    }

    /** Whatever is combined, the answer is a mode or a declared exception, and SSE-C never mixes. */
    @Test
    void refusesOrReads_whateverIsCombined() {
        long seed = 12L;
        Random random = new Random(seed);
        int read = 0;
        for (int round = 0; round < 20_000; round++) {
            RequestedEncryption request = request()
                    .serverSideEncryption(pick(random, "AES256", "aws:kms", "aws:kms:dsse", "x"))
                    .kmsKeyId(pick(random, ARN, "alias/a", "bad"))
                    .context(pick(random, CONTEXT.headerValue(), "bad"))
                    .bucketKeyEnabled(random.nextBoolean() ? null : (Boolean) random.nextBoolean())
                    .customerAlgorithm(pick(random, "AES256", "bad"))
                    .customerKey(pick(random, KEY.keyBase64(), "bad"))
                    .customerKeyMd5(pick(random, KEY.md5Base64(), "bad"))
                    .build();
            try {
                if (request.mode().isPresent()) {
                    read++;
                }
            } catch (EnvelopeException e) {
                assertTrue(
                        e instanceof IllegalEncryptionException || e instanceof IllegalKeyException,
                        request + ", seed " + seed);
            }
        }
        assertTrue(read > 300, "read " + read);
    }

    private static @Nullable String pick(Random random, String... values) {
        return random.nextInt(10) < 6 ? null : values[random.nextInt(values.length)];
    }
}
