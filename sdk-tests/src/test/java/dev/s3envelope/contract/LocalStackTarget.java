package dev.s3envelope.contract;

import dev.s3envelope.core.arn.AccountId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** LocalStack in a container of its own. */
final class LocalStackTarget implements Target {
    private static final String IMAGE = "localstack/localstack:4";
    private static final String BUCKET = "contract";

    private final LocalStackContainer container = new LocalStackContainer(DockerImageName.parse(IMAGE));
    private final S3Client s3;
    private final S3AsyncClient s3Async;
    private final S3Presigner presigner;
    private final String key;

    LocalStackTarget() {
        container.start();
        Region region = Region.of(container.getRegion());
        StaticCredentialsProvider credentials = StaticCredentialsProvider.create(
                AwsBasicCredentials.create(container.getAccessKey(), container.getSecretKey()));
        this.s3 = S3Client.builder()
                .endpointOverride(container.getEndpoint())
                .region(region)
                .credentialsProvider(credentials)
                .forcePathStyle(true)
                .build();
        this.s3Async = S3AsyncClient.builder()
                .endpointOverride(container.getEndpoint())
                .region(region)
                .credentialsProvider(credentials)
                .forcePathStyle(true)
                .build();
        this.presigner = S3Presigner.builder()
                .endpointOverride(container.getEndpoint())
                .region(region)
                .credentialsProvider(credentials)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .build();
        try (KmsClient kms = KmsClient.builder()
                .endpointOverride(container.getEndpoint())
                .region(region)
                .credentialsProvider(credentials)
                .build()) {
            this.key = kms.createKey().keyMetadata().arn();
        }
        s3.createBucket(b -> b.bucket(BUCKET));
    }

    /** Whether there is a Docker to start it in; the socket is looked for first, because asking the daemon is slow and loud. */
    static boolean isPossible() {
        boolean socket = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        return socket && DockerClientFactory.instance().isDockerAvailable();
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
        return AccountId.of("000000000000");
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
    public boolean etagsTellTheMode() {
        return false;
    }

    @Override
    public void close() {
        presigner.close();
        s3Async.close();
        s3.close();
        container.stop();
    }
}
