package dev.s3envelope.contract;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** What the suites of cached data keys share: an S3 and a KMS that count, a clock that only the test moves, and clients over a cache. */
final class DataKeyFixture implements AutoCloseable {
    static final String BUCKET = "documents";

    final LocalAws aws = LocalAws.start();
    final LocalAccount account = aws.account("111122223333");
    final LocalUser alice = account.createUser("alice");
    final LocalKey key = account.createKey();
    private final AtomicLong nanos = new AtomicLong(1);

    DataKeyFixture() {
        restore();
        aws.s3(alice).createBucket(b -> b.bucket(BUCKET));
    }

    /** Alice may read and write, and nothing goes wrong. */
    void restore() {
        alice.clearPolicies().allow("s3:*").allow("kms:GenerateDataKey").allow("kms:Decrypt");
        aws.faults().clear();
    }

    /** A cache whose time stands still until {@link #pass}. */
    DataKeyCache.Builder cache() {
        return DataKeyCache.builder().ticker(nanos::get);
    }

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    Duration now() {
        return Duration.ofNanos(nanos.get());
    }

    Calls client(Calls.Kind kind, DataKeyCache cache, ContextScope scope) {
        return client(kind, cache, scope, alice);
    }

    Calls client(Calls.Kind kind, DataKeyCache cache, ContextScope scope, LocalPrincipal principal) {
        ClientSide mode = ClientSide.builder("documents", cache.over(keyring(kind, principal)))
                .over(EncryptionMode.sseS3())
                .contextScope(scope)
                .build();
        return kind.open(
                aws.s3(principal), aws.s3Async(principal), builder -> builder.policy(EncryptionPolicy.always(mode)));
    }

    /** Asks KMS once for each call: the tests count what the cache does, not what the AWS SDK repeats. */
    Keyring keyring(Calls.Kind kind, LocalPrincipal principal) {
        KmsKeyring.Builder keyring = KmsKeyring.builder().generator(key.arn());
        return switch (kind) {
            case SYNC ->
                keyring.client(unrepeated(KmsClient.builder(), principal).build())
                        .build();
            case ASYNC ->
                keyring.client(unrepeated(KmsAsyncClient.builder(), principal).build())
                        .build();
        };
    }

    private <B extends AwsClientBuilder<B, ?>> B unrepeated(B builder, LocalPrincipal principal) {
        return aws.configure(builder, principal)
                .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()));
    }

    static PutObjectRequest put(String name) {
        return PutObjectRequest.builder().bucket(BUCKET).key(name).build();
    }

    static GetObjectRequest get(String name) {
        return GetObjectRequest.builder().bucket(BUCKET).key(name).build();
    }

    EventLog.Mark mark() {
        return aws.events().mark();
    }

    /** KMS requests since then, by operation. */
    Map<String, Integer> kmsCalls(EventLog.Mark since) {
        return aws.events().since(since).service("kms").counts();
    }

    @Override
    public void close() {
        aws.close();
    }
}
