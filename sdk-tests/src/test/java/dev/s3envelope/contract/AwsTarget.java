package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * AWS itself, with the credentials and Region every AWS tool finds. The bucket must be for this purpose alone, belong to the
 * caller's account and not block SSE-C: its default encryption is changed, and the objects written stay for a lifecycle rule to
 * remove.
 */
final class AwsTarget implements Target {
    /** Names the bucket; without it the suite does not run. */
    static final String BUCKET = "S3_ENVELOPE_TEST_BUCKET";

    /** Names the ARN of a symmetric key in the bucket's Region. */
    static final String KMS_KEY = "S3_ENVELOPE_TEST_KMS_KEY";

    private final S3Client s3 = S3Client.create();
    private final S3AsyncClient s3Async = S3AsyncClient.create();
    private final S3Presigner presigner = S3Presigner.create();
    private final AccountId account;

    AwsTarget() {
        try (StsClient sts = StsClient.create()) {
            this.account = AccountId.of(sts.getCallerIdentity().account());
        }
    }

    @Override
    public S3Client s3() {
        return s3;
    }

    @Override
    public S3AsyncClient s3Async() {
        return s3Async;
    }

    @Override
    public S3Presigner presigner() {
        return presigner;
    }

    @Override
    public AccountId account() {
        return account;
    }

    @Override
    public String kmsKey() {
        return System.getenv(KMS_KEY);
    }

    @Override
    public String bucket() {
        return System.getenv(BUCKET);
    }

    @Override
    public void close() {
        presigner.close();
        s3Async.close();
        s3.close();
    }
}
