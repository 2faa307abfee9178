package dev.s3envelope.contract;

import static dev.s3envelope.contract.PreflightFixture.BUCKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.local.EventLog;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Writes that are checked before they are sent, on both clients. */
class WritePreflightTest {
    private static final PutObjectRequest PUT =
            PutObjectRequest.builder().bucket(BUCKET).key("w").build();
    private static final CreateMultipartUploadRequest CREATE =
            CreateMultipartUploadRequest.builder().bucket(BUCKET).key("w").build();

    private PreflightFixture f;

    @BeforeEach
    void start() {
        f = new PreflightFixture();
    }

    @AfterEach
    void stop() {
        f.close();
    }

    private Calls client(Calls.Kind kind, BucketKey bucketKey) {
        return f.client(
                kind,
                f.byKey(bucketKey),
                b -> b.writes(true)
                        .keyAccess(f.access(kind, KmsKeyAccess.builder())
                                .directKey(KeyArn.parse(f.key.arn()))
                                .build()));
    }

    private static String denied(Runnable call) {
        S3Exception e = assertThrows(S3Exception.class, call::run);
        assertEquals(403, e.statusCode());
        return e.awsErrorDetails().errorMessage();
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void anUploadInParts_whoseCallerMayNotDecrypt_isRefusedBeforeItBegins(Calls.Kind kind) {
        f.reader.policy("kms", PreflightFixture.allow("kms:GenerateDataKey"));
        Calls calls = client(kind, BucketKey.DISABLED);
        EventLog.Mark before = f.aws.events().mark();
        String message = denied(() -> calls.create(CREATE));
        assertTrue(message.contains("kms:Decrypt"), message);
        assertTrue(message.contains(f.key.arn()), message);
        assertEquals(Map.of("kms:GenerateDataKey", 1, "kms:Decrypt", 1), f.calls(before));
        // A single PUT needs no Decrypt.
        calls.put(PUT, new byte[10]);
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aPut_whoseCallerMayMakeNoDataKey_isRefusedBeforeItIsSent(Calls.Kind kind) {
        Calls calls = client(kind, BucketKey.ENABLED);
        EventLog.Mark before = f.aws.events().mark();
        assertTrue(denied(() -> calls.put(PUT, new byte[10])).contains("kms:GenerateDataKey"));
        assertEquals(Map.of("kms:GenerateDataKey", 1), f.calls(before));
        assertEquals(
                Map.of("aws:s3:arn", "arn:aws:s3:::" + BUCKET),
                f.aws.events().since(before).service("kms").single().encryptionContext());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void whoMayWrite_isAskedOnce_andNotAtAllWithoutTheOption(Calls.Kind kind) {
        f.reader.policy("kms", PreflightFixture.allow("kms:*"));
        Calls calls = client(kind, BucketKey.ENABLED);
        EventLog.Mark before = f.aws.events().mark();
        calls.put(PUT, new byte[10]);
        calls.put(PUT, new byte[10]);
        calls.create(CREATE);
        assertEquals(
                Map.of("kms:GenerateDataKey", 1, "kms:Decrypt", 1, "s3:PutObject", 2, "s3:CreateMultipartUpload", 1),
                f.calls(before));
        EventLog.Mark without = f.aws.events().mark();
        f.client(kind, f.byKey(BucketKey.ENABLED), b -> b).put(PUT, new byte[10]);
        assertEquals(Map.of("s3:PutObject", 1), f.calls(without));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void whereTheBucketDecidesAboutABucketKey_bothContextsAreTried(Calls.Kind kind) {
        f.reader.policy("kms", """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:GenerateDataKey", "Resource": "*",
                 "Condition": {"StringEquals": {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::documents"}}}]}""");
        Calls calls = client(kind, BucketKey.UNSET);
        EventLog.Mark before = f.aws.events().mark();
        // The bucket has no Bucket Key, so S3 itself refuses what one of the contexts would have let in.
        assertThrows(S3Exception.class, () -> calls.put(PUT, new byte[10]));
        assertEquals(Map.of("kms:GenerateDataKey", 2, "s3:PutObject", 1), f.calls(before));
    }
}
