package dev.s3envelope.local;

import java.net.URI;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3BaseClientBuilder;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The AWS clients of an instance: all over one synchronous and one asynchronous HTTP client, made when first needed. Thread-safe. */
final class LocalClients implements AutoCloseable {
    private static final int CONNECTIONS = 256;
    private static final int SHUTDOWN_SECONDS = 5;

    private final URI endpoint;
    private final Region region;
    private final TrustManager @Nullable [] trust;
    private final @Nullable ClockedSigV4 scheme;
    private final Map<Key, SdkAutoCloseable> clients = new ConcurrentHashMap<>();
    private final Deque<SdkAutoCloseable> opened = new ArrayDeque<>();
    private @Nullable SdkHttpClient http;
    private @Nullable SdkAsyncHttpClient asyncHttp;

    private record Key(Class<?> kind, LocalPrincipal principal) {}

    /** {@code clock} null: clients sign by the system's time. */
    LocalClients(URI endpoint, String region, TrustManager @Nullable [] trust, @Nullable Clock clock) {
        this.scheme = clock == null ? null : new ClockedSigV4(clock);
        this.endpoint = endpoint;
        this.region = Region.of(region);
        this.trust = trust;
    }

    /** One client of a kind for each principal. */
    <C extends SdkAutoCloseable> C client(Class<C> kind, LocalPrincipal principal, Supplier<? extends C> make) {
        return kind.cast(clients.computeIfAbsent(new Key(kind, principal), key -> make.get()));
    }

    <B extends AwsClientBuilder<B, ?>> B configure(B builder, LocalPrincipal principal) {
        builder.endpointOverride(endpoint).region(region).credentialsProvider(principal.credentialsProvider());
        if (scheme != null) {
            builder.putAuthScheme(scheme);
        }
        if (builder instanceof S3BaseClientBuilder<?, ?> s3) {
            s3.forcePathStyle(true);
        }
        if (builder instanceof AwsSyncClientBuilder<?, ?> sync) {
            sync.httpClient(http());
        } else if (builder instanceof AwsAsyncClientBuilder<?, ?> async) {
            async.httpClient(asyncHttp());
        }
        return builder;
    }

    private synchronized SdkHttpClient http() {
        SdkHttpClient client = http;
        if (client == null) {
            Apache5HttpClient.Builder builder = Apache5HttpClient.builder().maxConnections(CONNECTIONS);
            if (trust != null) {
                builder.tlsTrustManagersProvider(() -> trust);
            }
            client = builder.build();
            http = client;
            opened.push(client);
        }
        return client;
    }

    private synchronized SdkAsyncHttpClient asyncHttp() {
        SdkAsyncHttpClient client = asyncHttp;
        if (client == null) {
            // Threads of its own, because those that a client makes for itself take two seconds to end.
            SdkEventLoopGroup threads = SdkEventLoopGroup.builder().build();
            opened.push(() -> threads.eventLoopGroup()
                    .shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                    .awaitUninterruptibly());
            NettyNioAsyncHttpClient.Builder builder =
                    NettyNioAsyncHttpClient.builder().eventLoopGroup(threads).maxConcurrency(CONNECTIONS);
            if (trust != null) {
                builder.tlsTrustManagersProvider(() -> trust);
            }
            client = builder.build();
            asyncHttp = client;
            opened.push(client);
        }
        return client;
    }

    @Override
    public synchronized void close() {
        clients.values().forEach(SdkAutoCloseable::close);
        clients.clear();
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
