package dev.s3envelope.kms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsServiceClientConfiguration;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.EncryptRequest;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;

/** What a KMS answers that is not what was asked for, is used in no way. */
class KmsAnswersTest {
    private static final String KEY = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001";
    private static final String OTHER = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000002";
    private static final EncryptionMaterialsRequest REQUEST =
            EncryptionMaterialsRequest.of(EncryptionContext.of(Map.of("a", "b")));

    private final SdkBytes blob = SdkBytes.fromUtf8String("wrapped");
    private byte[] plaintext = new byte[32];
    private @Nullable String keyId = KEY;
    private @Nullable SdkBytes ciphertext = blob;

    /** A client that answers with the fields above. */
    private final KmsClient client = new KmsClient() {
        @Override
        public KmsServiceClientConfiguration serviceClientConfiguration() {
            return KmsServiceClientConfiguration.builder()
                    .region(Region.EU_WEST_1)
                    .build();
        }

        @Override
        public GenerateDataKeyResponse generateDataKey(GenerateDataKeyRequest request) {
            return GenerateDataKeyResponse.builder()
                    .keyId(keyId)
                    .ciphertextBlob(ciphertext)
                    .plaintext(SdkBytes.fromByteArrayUnsafe(plaintext))
                    .build();
        }

        @Override
        public EncryptResponse encrypt(EncryptRequest request) {
            return EncryptResponse.builder()
                    .keyId(keyId)
                    .ciphertextBlob(ciphertext)
                    .build();
        }

        @Override
        public DecryptResponse decrypt(DecryptRequest request) {
            return DecryptResponse.builder()
                    .keyId(keyId)
                    .plaintext(SdkBytes.fromByteArrayUnsafe(plaintext))
                    .build();
        }

        @Override
        public String serviceName() {
            return "kms";
        }

        @Override
        public void close() {}
    };

    private final KmsKeyring keyring =
            KmsKeyring.builder().client(client).generator(KEY).build();
    private final DecryptionMaterialsRequest stored = new DecryptionMaterialsRequest(
            REQUEST.suite(),
            REQUEST.encryptionContext(),
            List.of(WrappedKey.kms(KEY, blob.asByteArray())),
            Optional.empty());

    private static byte[] some() {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    private static KeyringException refusal(CompletionStage<?> stage) {
        CompletionException failure = assertThrows(
                CompletionException.class, () -> stage.toCompletableFuture().join());
        return assertInstanceOf(KeyringException.class, failure.getCause());
    }

    static Stream<@Nullable String> otherKeys() {
        return Stream.of(OTHER, "00000000-0000-0000-0000-000000000001", "alias/documents", "", null);
    }

    @ParameterizedTest
    @MethodSource("otherKeys")
    void refusesAnAnswer_thatNamesAnotherKey(@Nullable String named) {
        keyId = named;
        plaintext = some();

        String message = String.valueOf(refusal(keyring.generate(REQUEST)).getMessage());
        assertTrue(message.contains("GenerateDataKey under " + KEY + " with key \"" + named + "\""), message);
        assertArrayEquals(new byte[32], plaintext);
        try (DataKey dataKey = DataKey.copyOf(new byte[32])) {
            refusal(keyring.wrap(dataKey, REQUEST));
        }
        plaintext = some();
        refusal(keyring.unwrap(stored));
        assertArrayEquals(new byte[32], plaintext, "zeroed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 31, 33, 64})
    void refusesADataKey_ofAnotherLength(int length) {
        plaintext = new byte[length];

        String message = String.valueOf(refusal(keyring.generate(REQUEST)).getMessage());
        assertTrue(message.contains("data key of " + length + " bytes instead of 32"), message);
        refusal(keyring.unwrap(stored));
    }

    @Test
    void refusesAnAnswer_withoutWrappedKey() {
        ciphertext = null;

        refusal(keyring.generate(REQUEST));
        try (DataKey dataKey = DataKey.copyOf(new byte[32])) {
            refusal(keyring.wrap(dataKey, REQUEST));
        }
    }

    @Test
    void zeroesTheAnswersCopyOfTheKey() {
        plaintext = some();
        byte[] expected = plaintext.clone();

        try (DataKey made =
                keyring.generate(REQUEST).toCompletableFuture().join().dataKey()) {
            assertEquals(DataKey.copyOf(expected), made);
        }
        assertArrayEquals(new byte[32], plaintext);
    }

    @Test
    void failsTheStage_whenTheClientThrows() {
        KmsAsyncClient throwing = new KmsAsyncClient() {
            @Override
            public KmsServiceClientConfiguration serviceClientConfiguration() {
                return client.serviceClientConfiguration();
            }

            @Override
            public CompletableFuture<GenerateDataKeyResponse> generateDataKey(GenerateDataKeyRequest request) {
                throw new IllegalStateException("closed");
            }

            @Override
            public String serviceName() {
                return "kms";
            }

            @Override
            public void close() {}
        };
        CompletionStage<?> stage =
                KmsKeyring.builder().client(throwing).generator(KEY).build().generate(REQUEST);

        CompletionException failure = assertThrows(
                CompletionException.class, () -> stage.toCompletableFuture().join());
        assertInstanceOf(IllegalStateException.class, failure.getCause());
    }

    @Test
    void refusesIncompleteOrAmbiguousConfigurations() {
        for (KmsKeyring.Builder builder : List.of(
                KmsKeyring.builder().generator(KEY),
                KmsKeyring.builder().client(client),
                KmsKeyring.builder().client(client).generator(KEY.replace("eu-west-1", "eu-west-2")),
                KmsKeyring.builder()
                        .client(client)
                        .discovery(KmsDiscovery.accounts("111122223333"))
                        .alsoWrapWith(KeyArn.parse(KEY)))) {
            assertThrows(IllegalArgumentException.class, builder::build);
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> KmsKeyring.builder().client(client).client(client));
        assertThrows(IllegalArgumentException.class, () -> KmsDiscovery.accounts(new String[0]));
        assertThrows(
                IllegalArgumentException.class,
                () -> S3ecKmsKeyring.builder().client(client).build());
        assertThrows(
                IllegalArgumentException.class,
                () -> S3ecKmsKeyring.builder().key(KEY).build());
    }
}
