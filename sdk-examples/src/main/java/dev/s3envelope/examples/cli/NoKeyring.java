package dev.s3envelope.examples.cli;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Stands where no keyring was given, and says so when an object turns out to need one. */
final class NoKeyring implements Keyring {
    @Override
    public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        return refused();
    }

    @Override
    public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        return refused();
    }

    @Override
    public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        return refused();
    }

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(new KeyringException(
                "The object is encrypted on the client and no key was given: --keyring NAME=KEY_ARN,"
                        + " --key-file NAME=FILE or --recovery-private-key FILE."));
    }

    @Override
    public String toString() {
        return "no keyring";
    }
}
