package dev.s3envelope.kms;

import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
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

    private final KmsClients clients;
    private final Set<KeyArn> direct;

    private KmsKeyAccess(KmsClients clients, Set<KeyArn> direct) {
        this.clients = clients;
        this.direct = Set.copyOf(direct);
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
        return credentials.provider().isEmpty() ? this : new KmsKeyAccess(clients.signedWith(credentials), direct);
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
        Optional<KmsCalls> calls = clients.find(key);
        if (calls.isEmpty()) {
            return CompletableFuture.completedFuture(noClient(key, Source.DESCRIBE_KEY));
        }
        return calls.get()
                .describeKey(DescribeKeyRequest.builder().keyId(key.text()).build())
                .handle((response, failure) -> failure == null
                        ? DryRunAnswers.described(key, response.keyMetadata())
                        : DryRunAnswers.failed(key, "DescribeKey", Source.DESCRIBE_KEY, false, failure));
    }

    @Override
    public boolean blocking() {
        return clients.blocking();
    }

    private CompletionStage<KeyAnswer> ask(KeyArn key, String action, Function<KmsCalls, CompletionStage<?>> dryRun) {
        Optional<KmsCalls> calls = clients.find(key);
        if (calls.isEmpty()) {
            return CompletableFuture.completedFuture(noClient(key, Source.DRY_RUN));
        }
        return dryRun.apply(calls.get())
                .handle((response, failure) -> failure == null
                        ? DryRunAnswers.performed(key, action)
                        : DryRunAnswers.failed(key, action, Source.DRY_RUN, direct.contains(key), failure));
    }

    private KeyAnswer noClient(KeyArn key, Source source) {
        return KeyAnswer.of(Verdict.UNKNOWN, source, "Not asked: key " + key + " " + clients.missing());
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
        return "KmsKeyAccess" + clients.regions();
    }

    /** Builds a {@link KmsKeyAccess}. Not safe for use by several threads. */
    public static final class Builder {
        private final KmsClients.Collected clients = new KmsClients.Collected();
        private final Set<KeyArn> direct = new HashSet<>();

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
            return new KmsKeyAccess(clients.build("Questions about KMS keys need"), direct);
        }
    }
}
