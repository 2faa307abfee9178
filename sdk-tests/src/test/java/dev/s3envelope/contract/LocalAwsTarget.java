package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalPrincipal;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** An embedded instance of its own, over TLS as AWS is. */
final class LocalAwsTarget implements Target {
    private static final String ACCOUNT = "111122223333";
    private static final String BUCKET = "contract";

    private final LocalAws aws;
    private final LocalPrincipal principal;
    private final String key;
    private final S3Presigner presigner;

    LocalAwsTarget() {
        this.aws = LocalAws.builder().https(true).build();
        this.principal = aws.account(ACCOUNT).root();
        this.key = aws.account(ACCOUNT).createKey().arn();
        this.presigner = S3Presigner.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.of(aws.region()))
                .credentialsProvider(principal.credentialsProvider())
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
        s3().createBucket(b -> b.bucket(BUCKET));
    }

    LocalAws aws() {
        return aws;
    }

    LocalPrincipal principal() {
        return principal;
    }

    @Override
    public S3Client s3() {
        return aws.s3(principal);
    }

    @Override
    public S3AsyncClient s3Async() {
        return aws.s3Async(principal);
    }

    @Override
    public S3Presigner presigner() {
        return presigner;
    }

    @Override
    public AccountId account() {
        return AccountId.of(ACCOUNT);
    }

    @Override
    public String kmsKey() {
        return key;
    }

    @Override
    public String bucket() {
        return BUCKET;
    }

    @Override
    public HttpClient http() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, aws.trustManagers().orElseThrow(), null);
            return HttpClient.newBuilder().sslContext(context).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        presigner.close();
        aws.close();
    }
}
