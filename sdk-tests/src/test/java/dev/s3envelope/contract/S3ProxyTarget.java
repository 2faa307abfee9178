package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3BaseClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** S3Proxy: an S3 without KMS and without server-side encryption, over plain HTTP, that checks signatures and checksums. */
final class S3ProxyTarget implements Target {
    private static final String BUCKET = "contract";
    private static final Region REGION = Region.US_EAST_1;

    private static final int CONNECTIONS = 256;

    private final S3ProxyServer server;
    private final StaticCredentialsProvider credentials;
    private final S3Client s3;
    private final S3AsyncClient s3Async;
    private final S3Presigner presigner;

    S3ProxyTarget() {
        this.server = S3ProxyServer.start(Path.of("target", "s3proxy.classpath"));
        this.credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create(server.accessKey(), server.secretKey()));
        this.s3 = configure(S3Client.builder())
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(CONNECTIONS))
                .build();
        this.s3Async = async(S3AsyncClient.builder());
        this.presigner = S3Presigner.builder()
                .endpointOverride(server.endpoint())
                .region(REGION)
                .credentialsProvider(credentials)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
        s3.createBucket(b -> b.bucket(BUCKET));
    }

    /** The client of a builder, for this server. */
    S3AsyncClient async(S3AsyncClientBuilder builder) {
        return configure(builder)
                .httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(CONNECTIONS))
                .build();
    }

    private <B extends S3BaseClientBuilder<B, ?>> B configure(B builder) {
        return builder.endpointOverride(server.endpoint())
                .region(REGION)
                .credentialsProvider(credentials)
                .forcePathStyle(true);
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
        return AccountId.of("111122223333");
    }

    /** There is no KMS, so that a test which needs one does not run here. */
    @Override
    public String kmsKey() {
        return Assumptions.abort("S3Proxy has no server-side encryption");
    }

    @Override
    public String bucket() {
        return BUCKET;
    }

    @Override
    public Set<Lack> lacks() {
        return EnumSet.allOf(Lack.class);
    }

    @Override
    public void close() {
        presigner.close();
        s3Async.close();
        s3.close();
        server.close();
    }
}
