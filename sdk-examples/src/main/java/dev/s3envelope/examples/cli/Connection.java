package dev.s3envelope.examples.cli;

import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.guard.KeyDirectory;
import dev.s3envelope.kms.KmsKeyDirectory;
import dev.s3envelope.kms.StsCallerIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The plain AWS clients of one command, over one HTTP client. Those for KMS and STS are made when first asked for: many commands
 * need neither. Close it after use; not safe for use by several threads, its clients are.
 */
public final class Connection implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Surroundings surroundings;
    private final String profileName;
    private final Optional<URI> endpoint;
    private final Region region;
    private final AwsCredentialsProvider credentials;
    private final SdkHttpClient http;
    private final S3Client s3;
    private @Nullable KmsClient kms;
    private @Nullable KeyDirectory keys;
    private @Nullable CallerIdentity caller;

    /** Connects as the options say; nothing is sent yet. */
    public static Connection open(ConnectionOptions options, Surroundings surroundings) throws IOException {
        return new Connection(options, surroundings);
    }

    private Connection(ConnectionOptions options, Surroundings surroundings) throws IOException {
        this.surroundings = surroundings;
        this.profileName = options.profileName(surroundings.environment());
        this.endpoint = options.endpoint(surroundings.environment());
        this.region = options.region(surroundings);
        this.credentials = options.credentials(surroundings);
        Apache5HttpClient.Builder builder = Apache5HttpClient.builder().maxConnections(64);
        Optional<Path> bundle = options.caBundle(surroundings.environment());
        if (bundle.isPresent()) {
            TrustManager[] trusted = Trust.with(bundle.get());
            builder.tlsTrustManagersProvider(() -> trusted);
        }
        this.http = kept(builder.build());
        this.s3 = kept(common(S3Client.builder())
                .forcePathStyle(options.pathStyle(endpoint) ? Boolean.TRUE : null)
                .httpClient(http)
                .build());
    }

    /** S3 without any policy. */
    public S3Client s3() {
        return s3;
    }

    /** Who signs, learned from STS at the same endpoint when a write needs to know, and not before. */
    CallerIdentity caller() {
        return () -> {
            CallerIdentity known = caller;
            if (known == null) {
                known = StsCallerIdentity.of(sts());
                caller = known;
            }
            return known.account();
        };
    }

    /** STS at the same endpoint; nothing is sent before it is used. */
    StsClient sts() {
        return kept(common(StsClient.builder()).httpClient(http).build());
    }

    /** KMS at the same endpoint; nothing is sent before it is used. */
    KmsClient kms() {
        KmsClient made = kms;
        if (made == null) {
            made = kept(common(KmsClient.builder()).httpClient(http).build());
            kms = made;
        }
        return made;
    }

    /** Keys by name, learned from KMS at the same endpoint when a write needs to know, and not before. */
    KeyDirectory keys() {
        return key -> {
            KeyDirectory known = keys;
            if (known == null) {
                known = KmsKeyDirectory.of(kms());
                keys = known;
            }
            return known.describe(key);
        };
    }

    /** The Region requests are signed for. */
    public Region region() {
        return region;
    }

    private <B extends AwsClientBuilder<B, ?>> B common(B builder) {
        ProfileFile file = surroundings.profiles().get();
        endpoint.ifPresent(builder::endpointOverride);
        return builder.region(region)
                .credentialsProvider(credentials)
                .overrideConfiguration(ClientOverrideConfiguration.builder()
                        .defaultProfileFile(file)
                        .defaultProfileName(profileName)
                        .build());
    }

    /** Closes this too, before what it was made with. */
    <T extends AutoCloseable> T kept(T closeable) {
        open.push(closeable);
        return closeable;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception ignored) {
                // Nothing was left to send; a connection that does not close cleanly changes no result.
            }
        }
    }
}
