package dev.s3envelope.core.keyring;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands for a keyring whose credentials could not be had, among others that may still open the message. */
final class UnusableKeyring implements Keyring {
    private final Keyring keyring;
    private final Throwable reason;

    UnusableKeyring(Keyring keyring, Throwable reason) {
        this.keyring = keyring;
        this.reason = reason;
    }

    @Override
    public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        return CompletableFuture.failedFuture(reason);
    }

    @Override
    public String toString() {
        return keyring.toString();
    }
}
