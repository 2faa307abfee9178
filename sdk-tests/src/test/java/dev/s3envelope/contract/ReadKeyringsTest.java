package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.S3ecEnvelope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecMaterials;
import dev.s3envelope.core.s3ec.S3ecSuite;
import dev.s3envelope.core.s3ec.S3ecWrapping;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Several keyrings for reading, some of which are of no use to whoever makes the request. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadKeyringsTest {
    private static final byte[] PLAIN = ClientSideContract.bytes(1, 10_000);

    private LocalAwsTarget target;

    @BeforeAll
    void open() {
        target = new LocalAwsTarget();
        Calls writer = Calls.Kind.SYNC.open(
                target,
                builder -> builder.policy(
                        EncryptionPolicy.always(ClientSideContract.mode().build())));
        writer.put(put("message"), PLAIN);
        S3ecKey.AES
                .peer(target, true)
                .putObject(b -> b.bucket(target.bucket()).key("s3ec"), RequestBody.fromBytes(PLAIN));
        target.s3().putObject(put("plain"), RequestBody.fromBytes(PLAIN));
    }

    @AfterAll
    void close() {
        if (target != null) {
            target.close();
        }
    }

    private PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private Calls reader(Calls.Kind kind, List<Keyring> keyrings, List<S3ecKeyring> s3ec) {
        return kind.open(target, builder -> {
            builder.policy(EncryptionPolicy.always(EncryptionMode.bucketDefault()));
            keyrings.forEach(builder::readKeyring);
            s3ec.forEach(builder::s3ecKeyring);
        });
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWithThoseThatCan(Calls.Kind kind) {
        Calls s3 = reader(
                kind,
                List.of(new Penniless("one"), ClientSideContract.keyring(99), ClientSideContract.keyring(7)),
                List.of(new Penniless("two").s3ec(), S3ecKey.RSA.ours(target, kind), S3ecKey.AES.ours(target, kind)));
        for (String key : List.of("message", "s3ec", "plain")) {
            assertArrayEquals(PLAIN, s3.get(get(key)).asByteArray(), key);
            assertArrayEquals(
                    Arrays.copyOfRange(PLAIN, 5_000, 6_000),
                    s3.get(get(key).toBuilder().range("bytes=5000-5999").build())
                            .asByteArray(),
                    key);
        }
    }

    @ParameterizedTest
    @EnumSource
    void reportsEveryFailure_whereNoneOpensTheObject(Calls.Kind kind) {
        Penniless first = new Penniless("one");
        Penniless second = new Penniless("two");
        Calls s3 = reader(
                kind, List.of(first, ClientSideContract.keyring(99), second), List.of(first.s3ec(), second.s3ec()));
        for (String key : List.of("message", "s3ec")) {
            KeyringException failure = assertThrows(KeyringException.class, () -> s3.get(get(key)));
            // The AWS SDK's asynchronous pipeline adds the suppressed failures once more.
            List<Throwable> all =
                    Arrays.stream(failure.getSuppressed()).distinct().toList();
            assertEquals(key.equals("message") ? 3 : 2, all.size());
            assertTrue(all.contains(first.reason) && all.contains(second.reason), all.toString());
            for (Throwable each : all) {
                assertTrue(
                        String.valueOf(failure.getMessage()).contains(String.valueOf(each.getMessage())),
                        failure.getMessage());
            }
        }
        assertArrayEquals(PLAIN, s3.get(get("plain")).asByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void theFailureOfAnOnlyKeyring_isAsItWasThrown(Calls.Kind kind) {
        Penniless only = new Penniless("one");
        Calls s3 = reader(kind, List.of(only), List.of(only.s3ec()));
        for (String key : List.of("message", "s3ec")) {
            assertSame(only.reason, assertThrows(SdkClientException.class, () -> s3.get(get(key))), key);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWriteNeedsItsOwnKeyring(Calls.Kind kind) {
        Penniless only = new Penniless("one");
        for (ClientSide mode : List.of(
                ClientSide.builder("p", only).build(),
                ClientSide.s3ecBuilder("p", only.s3ec()).build())) {
            Calls s3 = kind.open(target, builder -> builder.policy(EncryptionPolicy.always(mode)));
            assertSame(only.reason, assertThrows(SdkClientException.class, () -> s3.put(put("none"), PLAIN)));
        }
    }

    /** A keyring whose provider has no credentials for anybody. */
    private static final class Penniless implements Keyring {
        private final SdkClientException reason;

        Penniless(String name) {
            this.reason = SdkClientException.create("no credentials for " + name);
        }

        @Override
        public CompletionStage<Keyring> onBehalfOf(RequestCredentials credentials) {
            return CompletableFuture.failedFuture(reason);
        }

        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            return CompletableFuture.failedFuture(new AssertionError("asked"));
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            return CompletableFuture.failedFuture(new AssertionError("asked"));
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            return CompletableFuture.failedFuture(new AssertionError("asked"));
        }

        /** The same of the other format, with the same reason. */
        S3ecKeyring s3ec() {
            return new S3ecKeyring() {
                @Override
                public CompletionStage<S3ecKeyring> onBehalfOf(RequestCredentials credentials) {
                    return CompletableFuture.failedFuture(reason);
                }

                @Override
                public S3ecWrapping wrapping() {
                    return S3ecWrapping.AES_GCM;
                }

                @Override
                public CompletionStage<S3ecMaterials> generate(S3ecSuite suite, Map<String, String> description) {
                    return CompletableFuture.failedFuture(new AssertionError("asked"));
                }

                @Override
                public CompletionStage<DataKey> unwrap(S3ecEnvelope envelope, Map<String, String> expected) {
                    return CompletableFuture.failedFuture(new AssertionError("asked"));
                }
            };
        }
    }
}
