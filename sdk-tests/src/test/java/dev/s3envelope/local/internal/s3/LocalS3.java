package dev.s3envelope.local.internal.s3;

import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.internal.http.FrontEnd;
import dev.s3envelope.local.internal.http.TlsIdentity;
import dev.s3envelope.local.internal.iam.Credential;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.utils.AttributeMap;

/** An S3 service behind a front end on loopback, with fakes of KMS and access control, and clients for it. */
final class LocalS3 implements AutoCloseable {
    static final Credential ALICE = credential("AKIAALICE", "111122223333", "alice");
    static final Credential BOB = credential("AKIABOB", "444455556666", "bob");

    final FakeKms kms = new FakeKms();
    final FakeAccess access = new FakeAccess();
    final EventLog events = new EventLog();
    final Faults faults = new Faults();
    final Map<String, Credential> credentials = new ConcurrentHashMap<>();
    final S3Settings settings;
    final FrontEnd frontEnd;

    private LocalS3(S3Settings settings, S3Store store, boolean secure) throws IOException {
        this.settings = settings;
        credentials.put(ALICE.accessKeyId(), ALICE);
        credentials.put(BOB.accessKeyId(), BOB);
        frontEnd = FrontEnd.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                secure ? TlsIdentity.create(settings.clock(), new SecureRandom()) : null,
                List.of(new S3Service(settings, store, access, kms, events)),
                credentials::get,
                settings.clock(),
                faults);
    }

    static LocalS3 start() throws IOException {
        return start(S3Settings.defaults(), false);
    }

    static LocalS3 start(S3Settings settings, boolean secure) throws IOException {
        return new LocalS3(settings, S3Store.inMemory(settings.random()), secure);
    }

    static LocalS3 start(S3Settings settings, S3Store store) throws IOException {
        return new LocalS3(settings, store, false);
    }

    private static Credential credential(String id, String account, String name) {
        return new Credential(id, "secret-of-" + name, null, Principal.user(account, name), null);
    }

    URI endpoint() {
        return frontEnd.endpoint();
    }

    S3Client client() {
        return client(ALICE);
    }

    S3Client client(Credential credential) {
        return client(credential, Region.US_EAST_1);
    }

    S3Client client(Credential credential, Region region) {
        return S3Client.builder()
                .endpointOverride(endpoint())
                .region(region)
                .forcePathStyle(true)
                .credentialsProvider(provider(credential))
                .httpClient(Apache5HttpClient.builder()
                        .buildWithDefaults(AttributeMap.builder()
                                .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
                                .build()))
                .build();
    }

    S3AsyncClient asyncClient() {
        return S3AsyncClient.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(provider(ALICE))
                .httpClient(NettyNioAsyncHttpClient.builder()
                        .buildWithDefaults(AttributeMap.builder()
                                .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, true)
                                .build()))
                .build();
    }

    static StaticCredentialsProvider provider(Credential credential) {
        return StaticCredentialsProvider.create(
                AwsBasicCredentials.create(credential.accessKeyId(), credential.secretAccessKey()));
    }

    @Override
    public void close() {
        frontEnd.close();
    }
}
