package dev.s3envelope.core.keyring;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What raw keyrings share: they answer at once, and try only wrapped keys of their own namespace and name. */
abstract class LocalKeyring implements Keyring {
    private final String namespace;
    private final String name;
    private final SecureRandom random;

    LocalKeyring(String namespace, String name, SecureRandom random) {
        if (namespace.isEmpty() || name.isEmpty() || namespace.startsWith(WrappedKey.KMS_PROVIDER)) {
            throw new IllegalArgumentException(
                    "A raw keyring has a key name and a namespace that does not start with \"" + WrappedKey.KMS_PROVIDER
                            + "\"; got \"" + namespace + "\" and \"" + name + "\"");
        }
        this.namespace = namespace;
        this.name = name;
        this.random = random;
    }

    /** Wraps the key; called with a key of the suite's length. */
    abstract WrappedKey wrapLocally(SecretBytes dataKey, EncryptionContext context) throws GeneralSecurityException;

    /** Returns the unwrapped key, or empty if {@code wrapped} is another key's; fails if it is ours and does not open. */
    abstract Optional<byte[]> unwrapLocally(WrappedKey wrapped, EncryptionContext context)
            throws GeneralSecurityException;

    /** Returns why this keyring cannot wrap or unwrap at all, or empty if it can. */
    abstract Optional<String> incapable(boolean wrapping);

    final String namespace() {
        return namespace;
    }

    final String name() {
        return name;
    }

    final SecureRandom random() {
        return random;
    }

    @Override
    public final CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        DataKey key = DataKey.random(random, request.suite().keyLength());
        try {
            return CompletableFuture.completedFuture(new EncryptionMaterials(request, key, wrapNow(key, request)));
        } catch (KeyringException e) {
            key.close();
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public final CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        try {
            return CompletableFuture.completedFuture(wrapNow(dataKey, request));
        } catch (KeyringException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public final CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        Optional<String> obstacle = incapable(false);
        if (obstacle.isPresent()) {
            return CompletableFuture.failedFuture(new KeyringException(this + ": " + obstacle.get()));
        }
        List<Exception> failures = new ArrayList<>();
        for (WrappedKey wrapped : request.wrappedKeys()) {
            if (!wrapped.providerId().equals(namespace)) {
                continue;
            }
            try {
                Optional<byte[]> opened = unwrapLocally(wrapped, request.encryptionContext());
                if (opened.isPresent()) {
                    return CompletableFuture.completedFuture(checkLength(opened.get(), request));
                }
            } catch (GeneralSecurityException | ProviderException e) {
                failures.add(e); // some providers answer malformed input with the unchecked kind
            }
        }
        String tried = failures.isEmpty()
                ? "none of the " + request.wrappedKeys().size() + " wrapped keys is this key's: "
                        + request.wrappedKeys()
                : "the wrapped key does not open: another wrapping key of the same name, or a changed message";
        KeyringException failure = new KeyringException(this + ": " + tried + ".");
        failures.forEach(failure::addSuppressed);
        return CompletableFuture.failedFuture(failure);
    }

    private static DataKey checkLength(byte[] opened, DecryptionMaterialsRequest request)
            throws GeneralSecurityException {
        DataKey key = DataKey.taking(opened);
        if (key.length() != request.suite().keyLength()) {
            key.close();
            throw new GeneralSecurityException(
                    "The data key has a length suite " + request.suite().hexId() + " does not use");
        }
        return key;
    }

    private List<WrappedKey> wrapNow(DataKey key, EncryptionMaterialsRequest request) {
        Optional<String> obstacle = incapable(true);
        if (obstacle.isPresent()) {
            throw new KeyringException(this + ": " + obstacle.get());
        }
        return key.use(secret -> {
            try {
                return List.of(wrapLocally(secret, request.encryptionContext()));
            } catch (GeneralSecurityException | ProviderException e) {
                throw new KeyringException(this + ": wrapping failed.", e);
            }
        });
    }
}
