package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the keyrings with a key at hand share: everything but the wrapping itself. */
abstract class LocalS3ecKeyring implements S3ecKeyring {
    final CryptoProvider provider;
    final SecureRandom random;

    LocalS3ecKeyring(CryptoProvider provider, SecureRandom random) {
        this.provider = provider;
        this.random = random;
    }

    /** Wraps; must not keep {@code dataKey}. */
    abstract byte[] wrap(byte[] dataKey, byte[] algorithm) throws GeneralSecurityException;

    /** Unwraps; the caller takes over the result. */
    abstract byte[] open(byte[] wrappedKey, byte[] algorithm) throws GeneralSecurityException;

    @Override
    public final CompletionStage<S3ecMaterials> generate(S3ecSuite suite, Map<String, String> description) {
        byte[] plain = new byte[S3ecSuite.KEY_LENGTH];
        random.nextBytes(plain);
        try {
            byte[] wrapped = wrap(plain, suite.contentAlgorithmBytes());
            return CompletableFuture.completedFuture(
                    new S3ecMaterials(suite, wrapping(), DataKey.copyOf(plain), wrapped, description));
        } catch (GeneralSecurityException | IllegalStateException e) {
            return CompletableFuture.failedFuture(new KeyringException("The " + this + " cannot wrap a data key", e));
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    @Override
    public final CompletionStage<DataKey> unwrap(S3ecEnvelope envelope, Map<String, String> expected) {
        if (envelope.wrapping() != wrapping()) {
            return CompletableFuture.failedFuture(new KeyringException("The object's data key is wrapped with "
                    + envelope.wrapping().v2Name() + ", which the " + this
                    + " does not open. Configure a key of that kind for reading it."));
        }
        try {
            byte[] key = open(envelope.wrappedKey(), envelope.suite().contentAlgorithmBytes());
            if (key.length != S3ecSuite.KEY_LENGTH) {
                Arrays.fill(key, (byte) 0);
                throw new GeneralSecurityException("not a 256-bit key");
            }
            return CompletableFuture.completedFuture(DataKey.taking(key));
        } catch (GeneralSecurityException | IllegalStateException e) {
            return CompletableFuture.failedFuture(new KeyringException(
                    "The " + this
                            + " does not open the object's data key: it is another key, or the wrapped key or the suite ("
                            + envelope.suite() + ") in the metadata was changed.",
                    e));
        }
    }
}
