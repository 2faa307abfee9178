package dev.s3envelope.core.cache;

import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A keyring whose n-th key is all bytes n; it counts calls, keeps handles to look at, and fails as told. */
final class ScriptedKeyring implements Keyring {
    static final String ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    final AtomicInteger calls = new AtomicInteger();
    final List<DataKey> made = new CopyOnWriteArrayList<>();
    final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    volatile @Nullable RuntimeException down;
    volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);
    volatile boolean blocking;

    @Override
    public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        int call = calls.incrementAndGet();
        return gate.thenApply(open -> {
            failAsTold();
            DataKey key = key(call, request.suite().keyLength());
            byte[] wrapped = ByteBuffer.allocate(4).putInt(call).array();
            return new EncryptionMaterials(request, key, List.of(WrappedKey.kms(ARN, wrapped)));
        });
    }

    @Override
    public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        int call = calls.incrementAndGet();
        return gate.thenApply(open -> {
            failAsTold();
            return key(call, request.suite().keyLength());
        });
    }

    @Override
    public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        throw new AssertionError("not asked for in these tests");
    }

    @Override
    public boolean blocking() {
        return blocking;
    }

    private void failAsTold() {
        RuntimeException always = down;
        RuntimeException failure = always != null ? always : failures.poll();
        if (failure != null) {
            throw failure;
        }
    }

    private DataKey key(int number, int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) number);
        DataKey key = DataKey.taking(bytes);
        made.add(key);
        return key;
    }
}
