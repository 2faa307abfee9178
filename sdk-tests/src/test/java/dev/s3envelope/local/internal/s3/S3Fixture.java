package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A running S3 with a bucket named {@code bucket}, a client of Alice, its owner, and what the tests say often. */
abstract class S3Fixture {
    static final String KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/one";
    static final String OTHER_KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/two";

    final LocalS3 aws;
    final S3Client s3;

    S3Fixture() {
        this(S3Settings.defaults());
    }

    S3Fixture(S3Settings settings) {
        try {
            aws = LocalS3.start(settings, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        s3 = aws.client();
        s3.createBucket(b -> b.bucket("bucket"));
    }

    @AfterEach
    void stop() {
        s3.close();
        aws.close();
    }

    void put(String key, String content) {
        s3.putObject(b -> b.bucket("bucket").key(key), RequestBody.fromString(content));
    }

    String get(String key) {
        return s3.getObjectAsBytes(b -> b.bucket("bucket").key(key)).asUtf8String();
    }

    /** Runs what must be refused with this status, code and part of the message. */
    static S3Exception refused(int status, String code, String message, Executable call) {
        S3Exception e = assertThrows(S3Exception.class, call);
        assertEquals(code, e.awsErrorDetails().errorCode(), e.getMessage());
        assertEquals(status, e.statusCode());
        assertTrue(
                e.awsErrorDetails().errorMessage().contains(message),
                () -> "expected <" + message + "> in <" + e.awsErrorDetails().errorMessage() + ">");
        return e;
    }

    /** Runs a HEAD that must be refused: there is no body, hence no code. */
    static void headRefused(int status, Executable call) {
        S3Exception e = assertThrows(S3Exception.class, call);
        assertEquals(status, e.statusCode());
    }

    static byte[] customerKey(int seed) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, (byte) seed);
        return key;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static String md5(byte[] bytes) {
        return base64(ChecksumAlgorithm.MD5.of(bytes));
    }
}
