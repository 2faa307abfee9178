package dev.s3envelope.kms;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.s3ec.S3ecEnvelope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecKmsContext;
import dev.s3envelope.core.s3ec.S3ecMaterials;
import dev.s3envelope.core.s3ec.S3ecSuite;
import dev.s3envelope.core.s3ec.S3ecWrapping;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;

/**
 * Data keys of S3 Encryption Client objects, made and unwrapped by AWS KMS with the wrapping {@code kms+context}: readable by that client with the
 * same key, and the reverse.
 *
 * <p>The object's metadata does not say which key wrapped its data key, so a reader names its own: the key that writes, then each
 * {@link Builder#alsoOpenWith}, one Decrypt call a key until KMS finds the right one. Keys are full ARNs. The encryption context is the caller's, which a reader gives
 * again, and the entry that binds the data key to its content suite ({@link S3ecKmsContext}). KMS makes one data key for each object, since the
 * format's older suite must never use one twice.
 *
 * <p>Otherwise as {@link KmsKeyring}: one client for each Region, calls that block over {@link KmsClient} and never over
 * {@link KmsAsyncClient}, KMS's own exceptions, {@link #onBehalfOf} the credentials of a request. Permissions: kms:GenerateDataKey to
 * write, kms:Decrypt to read. Source: AWS Encryption SDK specification, {@code s3-encryption/data-format/content-metadata.md}. Safe for use by several threads.
 */
public final class S3ecKmsKeyring implements S3ecKeyring {
    /** Both suites take a data key of 256 bits. */
    private static final int KEY_LENGTH = 32;

    private final KmsClients clients;
    private final List<KeyArn> keys;
    private final List<String> grantTokens;

    private S3ecKmsKeyring(KmsClients clients, List<KeyArn> keys, List<String> grantTokens) {
        this.clients = clients;
        this.keys = List.copyOf(keys);
        this.grantTokens = List.copyOf(grantTokens);
    }

    /** Starts a keyring; it needs a client and a key. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public S3ecWrapping wrapping() {
        return S3ecWrapping.KMS_CONTEXT;
    }

    @Override
    public boolean blocking() {
        return clients.blocking();
    }

    @Override
    public CompletionStage<S3ecKeyring> onBehalfOf(RequestCredentials credentials) {
        return clients.resolve(credentials)
                .thenApply(signers -> new S3ecKmsKeyring(signers.calls(), keys, grantTokens));
    }

    @Override
    public CompletionStage<S3ecMaterials> generate(S3ecSuite suite, Map<String, String> description) {
        Map<String, String> context;
        try {
            context = S3ecKmsContext.forWrite(suite, description);
        } catch (EnvelopeException e) {
            return CompletableFuture.failedFuture(e);
        }
        KeyArn key = keys.get(0);
        return client(key)
                .generateDataKey(GenerateDataKeyRequest.builder()
                        .keyId(key.text())
                        .numberOfBytes(KEY_LENGTH)
                        .encryptionContext(context)
                        .grantTokens(grantTokens)
                        .build())
                .thenApply(response -> {
                    KmsAnswers.Made made = KmsAnswers.made(response, key, KEY_LENGTH);
                    return new S3ecMaterials(
                            suite, wrapping(), made.dataKey(), made.wrapped().ciphertext(), context);
                });
    }

    @Override
    public CompletionStage<DataKey> unwrap(S3ecEnvelope envelope, Map<String, String> expected) {
        if (envelope.wrapping() != wrapping()) {
            return CompletableFuture.failedFuture(new KeyringException("The object's data key is wrapped with "
                    + envelope.wrapping().v2Name() + ", which the " + this
                    + " does not open. Configure a key of that kind for reading it."));
        }
        Map<String, String> context;
        try {
            context = S3ecKmsContext.forRead(envelope, expected);
        } catch (EnvelopeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return unwrapFrom(0, envelope, context);
    }

    /** Only KMS knows whose ciphertext it is, and says so; any other failure is the answer. */
    private CompletionStage<DataKey> unwrapFrom(int index, S3ecEnvelope envelope, Map<String, String> context) {
        KeyArn key = keys.get(index);
        return client(key)
                .decrypt(DecryptRequest.builder()
                        .keyId(key.text())
                        .ciphertextBlob(SdkBytes.fromByteArrayUnsafe(envelope.wrappedKey()))
                        .encryptionContext(context)
                        .grantTokens(grantTokens)
                        .build())
                .thenApply(response -> KmsAnswers.opened(response, key, KEY_LENGTH))
                .handle((opened, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.<DataKey>completedFuture(opened);
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    return cause instanceof IncorrectKeyException && index + 1 < keys.size()
                            ? unwrapFrom(index + 1, envelope, context)
                            : CompletableFuture.<DataKey>failedFuture(cause);
                })
                .thenCompose(stage -> stage);
    }

    private KmsCalls client(KeyArn key) {
        return clients.of(key);
    }

    /** Names the keys. */
    @Override
    public String toString() {
        return "KMS keyring of the S3 Encryption Client " + keys;
    }

    /** Builds an {@link S3ecKmsKeyring}. */
    public static final class Builder {
        private final KmsClients.Collected clients = new KmsClients.Collected();
        private @Nullable KeyArn key;
        private final Set<KeyArn> others = new LinkedHashSet<>();
        private final List<String> grantTokens = new ArrayList<>();

        private Builder() {}

        /** Uses this client for the keys of its Region. */
        public Builder client(KmsClient client) {
            clients.add(client);
            return this;
        }

        /** Uses this client for the keys of its Region. */
        public Builder client(KmsAsyncClient client) {
            clients.add(client);
            return this;
        }

        /** The key that makes data keys when writing and is tried first when reading. */
        public Builder key(KeyArn arn) {
            this.key = arn;
            return this;
        }

        /** The key that makes data keys when writing and is tried first when reading, as a full ARN. */
        public Builder key(String arn) {
            return key(KeyArn.parse(arn));
        }

        /** Another key that objects may have been written with; costs one Decrypt call for every object whose key is further down the list. */
        public Builder alsoOpenWith(KeyArn arn) {
            others.add(arn);
            return this;
        }

        /** Sends this grant token with every call, for a grant that has not propagated yet. */
        public Builder grantToken(String token) {
            grantTokens.add(token);
            return this;
        }

        /**
         * Builds the keyring.
         *
         * @throws IllegalArgumentException if there is no key, a key in a Region without client, or synchronous and asynchronous clients
         *     together
         */
        public S3ecKmsKeyring build() {
            if (key == null) {
                throw new IllegalArgumentException("A KMS keyring needs a key.");
            }
            Set<KeyArn> keys = new LinkedHashSet<>();
            keys.add(key);
            keys.addAll(others);
            KmsClients byRegion = clients.build("A KMS keyring needs");
            keys.forEach(byRegion::require);
            return new S3ecKmsKeyring(byRegion, List.copyOf(keys), grantTokens);
        }
    }
}
