package dev.s3envelope.kms;

import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.access.Verdict;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DryRunModifierType;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/**
 * Questions about KMS keys, asked of KMS by dry runs and DescribeKey.
 *
 * <p>A dry run checks the permissions of the caller and the state of the key, and does nothing; it is billed, counts against the quota and appears in CloudTrail as
 * the call would. Decrypt is asked with {@code IGNORE_CIPHERTEXT}, since S3 shows nobody the wrapped key of an object. It needs no permission beyond the one it asks
 * about; DescribeKey needs {@code kms:DescribeKey}. Source: AWS KMS Developer Guide, "Testing your permissions".
 *
 * <p>One client serves one Region; add one for each Region in use. Clients stay the caller's to close. Over {@link KmsClient} calls block the calling thread; over
 * {@link KmsAsyncClient} nothing blocks. Safe for use by several threads.
 */
public final class KmsKeyAccess implements KeyAccess {
    private static final int DATA_KEY_LENGTH = 32;

    private final Map<String, KmsCalls> clients;
    private final Set<KeyArn> direct;
    private final boolean blocking;

    private KmsKeyAccess(Map<String, KmsCalls> clients, Set<KeyArn> direct) {
        this.clients = Map.copyOf(clients);
        this.direct = Set.copyOf(direct);
        this.blocking = clients.values().stream().anyMatch(KmsCalls::blocking);
    }

    /** Starts without a client. */
    public static Builder builder() {
        return new Builder();
    }

    /** Questions of one Region, asked through this client. */
    public static KmsKeyAccess of(KmsClient client) {
        return builder().client(client).build();
    }

    /** Questions of one Region, asked through this client. */
    public static KmsKeyAccess of(KmsAsyncClient client) {
        return builder().client(client).build();
    }

    @Override
    public KeyAccess onBehalfOf(RequestCredentials credentials) {
        if (credentials.provider().isEmpty()) {
            return this;
        }
        Map<String, KmsCalls> signed = new HashMap<>();
        clients.forEach((region, calls) -> signed.put(region, calls.signedWith(credentials)));
        return new KmsKeyAccess(signed, direct);
    }

    @Override
    public CompletionStage<KeyAnswer> mayDecrypt(KeyArn key, EncryptionContext context) {
        return ask(
                key,
                "Decrypt",
                calls -> calls.decrypt(DecryptRequest.builder()
                                .keyId(key.text())
                                .encryptionContext(context.asMap())
                                .dryRun(true)
                                .dryRunModifiers(DryRunModifierType.IGNORE_CIPHERTEXT)
                                .build())
                        .thenApply(response -> response));
    }

    @Override
    public CompletionStage<KeyAnswer> mayGenerateDataKey(KeyArn key, EncryptionContext context) {
        return ask(
                key,
                "GenerateDataKey",
                calls -> calls.generateDataKey(GenerateDataKeyRequest.builder()
                                .keyId(key.text())
                                .numberOfBytes(DATA_KEY_LENGTH)
                                .encryptionContext(context.asMap())
                                .dryRun(true)
                                .build())
                        .thenApply(KmsKeyAccess::discarded));
    }

    @Override
    public CompletionStage<KeyAnswer> state(KeyArn key) {
        KmsCalls calls = clients.get(key.region());
        if (calls == null) {
            return CompletableFuture.completedFuture(noClient(key, Source.DESCRIBE_KEY));
        }
        return calls.describeKey(DescribeKeyRequest.builder().keyId(key.text()).build())
                .handle((response, failure) -> failure == null
                        ? DryRunAnswers.described(key, response.keyMetadata())
                        : DryRunAnswers.failed(key, "DescribeKey", Source.DESCRIBE_KEY, false, failure));
    }

    @Override
    public boolean blocking() {
        return blocking;
    }

    private CompletionStage<KeyAnswer> ask(KeyArn key, String action, Function<KmsCalls, CompletionStage<?>> dryRun) {
        KmsCalls calls = clients.get(key.region());
        if (calls == null) {
            return CompletableFuture.completedFuture(noClient(key, Source.DRY_RUN));
        }
        return dryRun.apply(calls)
                .handle((response, failure) -> failure == null
                        ? DryRunAnswers.performed(key, action)
                        : DryRunAnswers.failed(key, action, Source.DRY_RUN, direct.contains(key), failure));
    }

    private KeyAnswer noClient(KeyArn key, Source source) {
        return KeyAnswer.of(
                Verdict.UNKNOWN,
                source,
                "Not asked: key " + key + " is in a Region without a KMS client; there are clients for "
                        + clients.keySet() + ".");
    }

    /** A server that does not know dry runs makes a data key, which nobody wants. */
    private static GenerateDataKeyResponse discarded(GenerateDataKeyResponse response) {
        if (response.plaintext() != null) {
            Arrays.fill(response.plaintext().asByteArrayUnsafe(), (byte) 0);
        }
        return response;
    }

    @Override
    public String toString() {
        return "KmsKeyAccess" + clients.keySet();
    }

    /** Builds a {@link KmsKeyAccess}. Not safe for use by several threads. */
    public static final class Builder {
        private final Map<String, KmsCalls> clients = new LinkedHashMap<>();
        private final Set<KeyArn> direct = new HashSet<>();

        private Builder() {}

        /** Uses this client for the keys of its Region. */
        public Builder client(KmsClient client) {
            return client(KmsCalls.of(client));
        }

        /** Uses this client for the keys of its Region. */
        public Builder client(KmsAsyncClient client) {
            return client(KmsCalls.of(client));
        }

        private Builder client(KmsCalls calls) {
            if (clients.putIfAbsent(calls.region(), calls) != null) {
                throw new IllegalArgumentException(
                        "Region " + calls.region() + " has a KMS client already; give one for each.");
            }
            return this;
        }

        /**
         * Declares that no policy or grant gives access to this key through S3 alone (conditions on {@code kms:ViaService}): then a refused dry run says that S3
         * would be refused too, and the verdict is DENIED instead of UNKNOWN. None by default; never the {@code aws/s3} key.
         */
        public Builder directKey(KeyArn key) {
            direct.add(key);
            return this;
        }

        /**
         * The questions.
         *
         * @throws IllegalArgumentException if there is no client, or there are synchronous and asynchronous ones together
         */
        public KmsKeyAccess build() {
            if (clients.isEmpty()) {
                throw new IllegalArgumentException("Questions about KMS keys need a KMS client.");
            }
            if (clients.values().stream().map(KmsCalls::blocking).distinct().count() > 1) {
                throw new IllegalArgumentException("Give either synchronous or asynchronous KMS clients, not both.");
            }
            return new KmsKeyAccess(clients, direct);
        }
    }
}
