package dev.s3envelope.contract;

import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.core.s3ec.S3ecEnvelope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecMaterials;
import dev.s3envelope.core.s3ec.S3ecSuite;
import dev.s3envelope.core.s3ec.S3ecWrapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Keyrings over others, whose answers come on an executor and are steps of the call. Of every data key that was handed out the bytes themselves are kept, which are zero once the
 * key was destroyed.
 */
final class StepKeys {
    private final CallSteps steps;
    private final Executor executor;
    private final List<byte[]> keys = new ArrayList<>();

    StepKeys(CallSteps steps, Executor executor) {
        this.steps = steps;
        this.executor = executor;
    }

    Keyring over(Keyring inner) {
        return new Keyring() {
            @Override
            public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
                return later(() -> {
                    EncryptionMaterials made =
                            inner.generate(request).toCompletableFuture().join();
                    return new EncryptionMaterials(made.request(), kept(made.dataKey()), made.wrappedKeys());
                });
            }

            @Override
            public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
                return inner.wrap(dataKey, request);
            }

            @Override
            public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
                return later(
                        () -> kept(inner.unwrap(request).toCompletableFuture().join()));
            }
        };
    }

    S3ecKeyring over(S3ecKeyring inner) {
        return new S3ecKeyring() {
            @Override
            public S3ecWrapping wrapping() {
                return inner.wrapping();
            }

            @Override
            public CompletionStage<S3ecMaterials> generate(S3ecSuite suite, Map<String, String> description) {
                return later(() -> {
                    S3ecMaterials made = inner.generate(suite, description)
                            .toCompletableFuture()
                            .join();
                    return new S3ecMaterials(
                            made.suite(), made.wrapping(), kept(made.dataKey()), made.wrappedKey(), made.description());
                });
            }

            @Override
            public CompletionStage<DataKey> unwrap(S3ecEnvelope envelope, Map<String, String> expected) {
                return later(() -> kept(
                        inner.unwrap(envelope, expected).toCompletableFuture().join()));
            }
        };
    }

    /** Forgets the data keys that were handed out. */
    synchronized void forget() {
        keys.clear();
    }

    /** Whether every data key that was handed out is destroyed. */
    synchronized boolean allDestroyed() {
        for (byte[] key : keys) {
            for (byte one : key) {
                if (one != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private synchronized DataKey kept(DataKey key) {
        byte[] bytes = key.use(secret -> secret.getEncoded());
        key.close();
        keys.add(bytes);
        return DataKey.taking(bytes);
    }

    /** What was asked for is handed out though nobody may wait for it any more, as KMS does. */
    private <V> CompletableFuture<V> later(Supplier<V> call) {
        CompletableFuture<V> answer = new CompletableFuture<>();
        steps.take("a keyring is asked");
        executor.execute(() -> {
            try {
                V value = call.get();
                steps.take("a keyring answers");
                answer.complete(value);
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
