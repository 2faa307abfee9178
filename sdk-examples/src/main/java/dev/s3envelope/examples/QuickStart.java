package dev.s3envelope.examples;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.s3.EnvelopeS3Client;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The example of the README; a test runs it, and another sees that the README shows it as it is here. */
public final class QuickStart {
    private QuickStart() {}

    /** Writes two objects, each in its own mode, and reads one back. */
    public static String run(S3Client plain, String bucket, String keyArn) {
        // README: from here
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce(
                        "payroll",
                        ObjectMatcher.builder().keyPrefix("payroll/").build(),
                        EncryptionMode.sseKms(keyArn)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));

        S3Client s3 = EnvelopeS3Client.builder().wrapping(plain).policy(policy).build();

        s3.putObject(r -> r.bucket(bucket).key("payroll/may.csv"), RequestBody.fromString("alice,4200"));
        s3.putObject(r -> r.bucket(bucket).key("logo.svg"), RequestBody.fromString("<svg/>"));
        String payroll = s3.getObjectAsBytes(r -> r.bucket(bucket).key("payroll/may.csv"))
                .asUtf8String();
        // README: to here
        return payroll;
    }
}
