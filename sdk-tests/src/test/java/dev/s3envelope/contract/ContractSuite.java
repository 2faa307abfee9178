package dev.s3envelope.contract;

import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.s3.EnvelopeBuilder;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** What the suites share: the target's life, clients over it, and short ways to say a request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContractSuite {
    private Target target;

    abstract Target open();

    @BeforeAll
    void openTarget() {
        target = open();
    }

    @AfterAll
    void closeTarget() {
        if (target != null) {
            target.close();
        }
    }

    final Target target() {
        return target;
    }

    final Calls client(Calls.Kind kind, EncryptionPolicy policy) {
        return client(kind, policy, builder -> {});
    }

    final Calls client(Calls.Kind kind, EncryptionPolicy policy, Consumer<EnvelopeBuilder<?>> more) {
        return kind.open(target, builder -> {
            builder.policy(policy).writeGuard(guard());
            more.accept(builder);
        });
    }

    final WriteGuard guard() {
        return WriteGuard.builder()
                .callerIdentity(CallerIdentity.of(target.account()))
                .bucketDirectory(BucketDirectory.builder()
                        .allOthersOwnedBy(target.account())
                        .build())
                .build();
    }

    final PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    final GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    final HeadObjectRequest head(String key) {
        return HeadObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    final CopyObjectRequest copy(String from, String to) {
        return CopyObjectRequest.builder()
                .sourceBucket(target.bucket())
                .sourceKey(from)
                .destinationBucket(target.bucket())
                .destinationKey(to)
                .build();
    }

    static SseCKey key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SseCKey.of(bytes);
    }

    static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
