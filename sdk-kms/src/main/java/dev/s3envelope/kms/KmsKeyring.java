package dev.s3envelope.kms;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.EncryptRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;

/**
 * Data keys made, wrapped and unwrapped by AWS KMS.
 *
 * <p><b>Writing</b> asks GenerateDataKey of the generator key, and Encrypt of each further key, so that any one of them opens the
 * message. Keys are full ARNs, always: an alias or id would be looked up in the caller's account. What goes into the header is the
 * ARN from KMS's response.
 *
 * <p><b>Reading</b> asks Decrypt, naming the key, for each wrapped key that KMS made under a configured key, in the order of the header,
 * until one opens. Keys that are not configured are tried only within a {@link KmsDiscovery} bound. With
 * {@link Builder#relatedMultiRegionKeys} a key's replica in a Region that has a client serves for it: to KMS related multi-Region
 * keys are one key, unlike to S3.
 *
 * <p>One client serves one Region; add one for each Region in use. Clients stay the caller's to close. Over {@link KmsClient} calls
 * block the calling thread ({@link #blocking()} is true); over {@link KmsAsyncClient} nothing blocks. {@link #onBehalfOf} signs the calls of one
 * request with the credentials of that request, resolved once. Permissions: kms:GenerateDataKey on the
 * generator, kms:Encrypt on the others, kms:Decrypt to read. Where KMS alone stands in the way, its own exception is what a stage
 * fails with. Source: AWS Encryption SDK specification, framework/aws-kms. Safe for use by several threads.
 */
public final class KmsKeyring implements Keyring {
    private final KmsClients clients;
    private final List<KeyArn> keys;
    private final boolean writes;
    private final KmsReach reach;
    private final List<String> grantTokens;
    private final Optional<String> principal;

    private KmsKeyring(Builder builder, KmsClients clients) {
        this.clients = clients;
        this.keys = builder.keys();
        this.writes = builder.generator != null;
        this.reach = new KmsReach(keys, Optional.ofNullable(builder.discovery), builder.related, clients.regions());
        this.grantTokens = List.copyOf(builder.grantTokens);
        this.principal = Optional.empty();
    }

    private KmsKeyring(KmsKeyring keyring, KmsClients.Signed signers) {
        this.clients = signers.calls();
        this.keys = keyring.keys;
        this.writes = keyring.writes;
        this.reach = keyring.reach;
        this.grantTokens = keyring.grantTokens;
        this.principal = signers.principal();
    }

    /** Starts a keyring; it needs a client, and a generator to write or a discovery bound to read. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public boolean blocking() {
        return clients.blocking();
    }

    @Override
    public CompletionStage<Keyring> onBehalfOf(RequestCredentials credentials) {
        return clients.resolve(credentials).thenApply(signers -> new KmsKeyring(this, signers));
    }

    @Override
    public Optional<String> principal() {
        return principal;
    }

    @Override
    public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
        if (!writes) {
            return failed(this + " only reads: it has no generator key. Configure one to write.");
        }
        KeyArn key = keys.get(0);
        return client(key)
                .generateDataKey(GenerateDataKeyRequest.builder()
                        .keyId(key.text())
                        .numberOfBytes(request.suite().keyLength())
                        .encryptionContext(request.encryptionContext().asMap())
                        .grantTokens(grantTokens)
                        .build())
                .thenCompose(made -> withOthers(
                        request, KmsAnswers.made(made, key, request.suite().keyLength())));
    }

    private CompletionStage<EncryptionMaterials> withOthers(EncryptionMaterialsRequest request, KmsAnswers.Made made) {
        DataKey dataKey = made.dataKey();
        return wrapUnder(keys.subList(1, keys.size()), dataKey, request.encryptionContext())
                .handle((more, failure) -> {
                    if (failure != null) {
                        dataKey.close();
                        throw new CompletionException(StageFailures.unwrap(failure));
                    }
                    List<WrappedKey> wrapped = new ArrayList<>();
                    wrapped.add(made.wrapped());
                    wrapped.addAll(more);
                    return new EncryptionMaterials(request, dataKey, wrapped);
                });
    }

    @Override
    public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
        if (!writes) {
            return failed(this + " only reads: it has no key to wrap with. Configure a generator to write.");
        }
        return wrapUnder(keys, dataKey, request.encryptionContext());
    }

    private CompletionStage<List<WrappedKey>> wrapUnder(
            List<KeyArn> wrapping, DataKey dataKey, EncryptionContext context) {
        CompletionStage<List<WrappedKey>> result = CompletableFuture.completedFuture(List.of());
        for (KeyArn key : wrapping) {
            result = result.thenCompose(
                    before -> wrapUnder(key, dataKey, context).thenApply(one -> {
                        List<WrappedKey> joined = new ArrayList<>(before);
                        joined.add(one);
                        return joined;
                    }));
        }
        return result;
    }

    private CompletionStage<WrappedKey> wrapUnder(KeyArn key, DataKey dataKey, EncryptionContext context) {
        byte[] plaintext = dataKey.use(secret -> secret.getEncoded());
        return client(key)
                .encrypt(EncryptRequest.builder()
                        .keyId(key.text())
                        .plaintext(SdkBytes.fromByteArrayUnsafe(plaintext))
                        .encryptionContext(context.asMap())
                        .grantTokens(grantTokens)
                        .build())
                .whenComplete((response, failure) -> Arrays.fill(plaintext, (byte) 0))
                .thenApply(response -> KmsAnswers.wrapped(response, key));
    }

    @Override
    public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
        List<String> skipped = new ArrayList<>();
        List<KmsReach.Candidate> candidates = new ArrayList<>();
        for (WrappedKey wrapped : request.wrappedKeys()) {
            if (wrapped.providerId().equals(WrappedKey.KMS_PROVIDER)) {
                reach.consider(wrapped, candidates, skipped);
            }
        }
        if (candidates.isEmpty()) {
            return failed(this + " fits none of the message's wrapped keys " + request.wrappedKeys()
                    + (skipped.isEmpty() ? "" : ": " + String.join("; ", skipped)) + ".");
        }
        return unwrapFrom(0, candidates, request, new ArrayList<>());
    }

    private CompletionStage<DataKey> unwrapFrom(
            int index,
            List<KmsReach.Candidate> candidates,
            DecryptionMaterialsRequest request,
            List<Throwable> failures) {
        if (index == candidates.size()) {
            return CompletableFuture.failedFuture(
                    failures.size() == 1
                            ? failures.get(0)
                            : KeyringException.ofAll("KMS opened none of the message's wrapped keys:", failures));
        }
        KmsReach.Candidate candidate = candidates.get(index);
        return client(candidate.key())
                .decrypt(DecryptRequest.builder()
                        .keyId(candidate.key().text())
                        .ciphertextBlob(
                                SdkBytes.fromByteArrayUnsafe(candidate.wrapped().ciphertext()))
                        .encryptionContext(request.encryptionContext().asMap())
                        .grantTokens(grantTokens)
                        .build())
                .thenApply(response -> KmsAnswers.opened(
                        response, candidate.key(), request.suite().keyLength()))
                .handle((key, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.<DataKey>completedFuture(key);
                    }
                    failures.add(StageFailures.unwrap(failure));
                    return unwrapFrom(index + 1, candidates, request, failures);
                })
                .thenCompose(stage -> stage);
    }

    private KmsCalls client(KeyArn key) {
        return clients.of(key);
    }

    private static <T> CompletionStage<T> failed(String message) {
        return CompletableFuture.failedFuture(new KeyringException(message));
    }

    /** Names the keys. */
    @Override
    public String toString() {
        return "KMS keyring" + (keys.isEmpty() ? "" : " " + keys)
                + reach.discovery().map(d -> " for " + d).orElse("");
    }

    /** Builds a {@link KmsKeyring}. */
    public static final class Builder {
        private final KmsClients.Collected clients = new KmsClients.Collected();
        private @Nullable KeyArn generator;
        private final List<KeyArn> others = new ArrayList<>();
        private @Nullable KmsDiscovery discovery;
        private boolean related;
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

        /** The key that makes data keys when writing; it opens them too. */
        public Builder generator(KeyArn key) {
            this.generator = key;
            return this;
        }

        /** The key that makes data keys when writing, as a full ARN. */
        public Builder generator(String keyArn) {
            return generator(KeyArn.parse(keyArn));
        }

        /** Wraps each data key under this key too, so that it alone opens the message; costs one Encrypt call a data key. */
        public Builder alsoWrapWith(KeyArn key) {
            others.add(key);
            return this;
        }

        /** When reading, tries keys within this bound although they were not configured. Off by default. */
        public Builder discovery(KmsDiscovery bound) {
            this.discovery = bound;
            return this;
        }

        /** When reading, takes a multi-Region key's replicas for the key itself. Off by default. */
        public Builder relatedMultiRegionKeys(boolean on) {
            this.related = on;
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
         * @throws IllegalArgumentException if there is no client, no key at all, a key in a Region without client, a further key without
         *     generator, or synchronous and asynchronous clients together
         */
        public KmsKeyring build() {
            KmsClients byRegion = clients.build("A KMS keyring needs");
            require(generator != null || others.isEmpty(), "Further keys need a generator.");
            require(
                    generator != null || discovery != null,
                    "Give a generator key to write, or a discovery bound to read.");
            keys().forEach(byRegion::require);
            return new KmsKeyring(this, byRegion);
        }

        private List<KeyArn> keys() {
            return Stream.concat(Stream.ofNullable(generator), others.stream()).toList();
        }

        private static void require(boolean holds, String otherwise) {
            if (!holds) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
