package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EnvelopeBuilder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Messages another AWS Encryption SDK wrote and uploaded, without our metadata entry. */
class ForeignMessagesTest {
    private static final int FRAME = 4096;
    private static LocalAwsTarget target;

    @BeforeAll
    static void start() {
        ClientSideFixture.start();
        target = ClientSideFixture.target;
    }

    @AfterAll
    static void stop() {
        ClientSideFixture.stop();
    }

    private static Calls client(Calls.Kind kind, Consumer<EnvelopeBuilder<?>> more) {
        return kind.open(target, builder -> {
            ClientSideFixture.settings().accept(builder);
            builder.acceptForeignMessages(true);
            more.accept(builder);
        });
    }

    private static Calls client(Calls.Kind kind) {
        return client(kind, builder -> {});
    }

    private static GetObjectRequest.Builder get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private static HeadObjectResponse head(Calls s3, String key) {
        return s3.head(
                HeadObjectRequest.builder().bucket(target.bucket()).key(key).build());
    }

    private static void upload(String key, byte[] bytes) {
        target.s3()
                .putObject(
                        b -> b.bucket(target.bucket()).key(key).metadata(Map.of("colour", "blue")),
                        RequestBody.fromBytes(bytes));
    }

    /** A message of the peer; frames of 0 make it unframed. */
    private static byte[] message(byte[] plain, String name, CryptoAlgorithm suite, int frame) {
        JceMasterKey key = JceMasterKey.getInstance(
                new SecretKeySpec(name.equals("wrapping") ? ClientSideFixture.KEY : new byte[32], "AES"),
                "tests",
                name,
                "AES/GCM/NoPadding");
        return AwsCrypto.builder()
                .withCommitmentPolicy(
                        suite.isCommitting()
                                ? CommitmentPolicy.RequireEncryptRequireDecrypt
                                : CommitmentPolicy.ForbidEncryptAllowDecrypt)
                .withEncryptionAlgorithm(suite)
                .withEncryptionFrameSize(frame)
                .build()
                .encryptData(key, plain, Map.of("purpose", "archive"))
                .getResult();
    }

    private static byte[] message(byte[] plain) {
        return message(plain, "wrapping", CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, FRAME);
    }

    @ParameterizedTest
    @CsvSource({"SYNC,0", "SYNC,1", "SYNC,4096", "SYNC,300001", "ASYNC,0", "ASYNC,1", "ASYNC,4096", "ASYNC,300001"})
    void aMessageWithoutMarker_isReadAsOurs_wholeInRangesAndByHead(Calls.Kind kind, int length) {
        byte[] plain = ClientSideFixture.bytes(length, 3);
        String key = kind + "/unmarked/" + length;
        upload(key, message(plain));
        Calls s3 = client(kind);
        assertEquals(length, head(s3, key).contentLength());
        if (length > 10) {
            int from = length - 7;
            ResponseBytes<GetObjectResponse> range =
                    s3.get(get(key).range("bytes=" + from + "-").build());
            assertArrayEquals(Arrays.copyOfRange(plain, from, length), range.asByteArray());
            assertEquals(
                    "bytes " + from + "-" + (length - 1) + "/" + length,
                    range.response().contentRange());
            assertArrayEquals(
                    Arrays.copyOfRange(plain, 2, 5),
                    client(kind).get(get(key).range("bytes=2-4").build()).asByteArray());
        }
        ResponseBytes<GetObjectResponse> whole = client(kind).get(get(key).build());
        assertArrayEquals(plain, whole.asByteArray());
        assertEquals(length, whole.response().contentLength());
        assertEquals(Map.of("colour", "blue"), whole.response().metadata());
        assertEquals(
                Optional.of(IdentityCheck.FOREIGN),
                ClientSideObject.of(whole.response()).orElseThrow().identity());
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheOption_itStaysAPlainObject(Calls.Kind kind) {
        byte[] message = message(new byte[100]);
        String key = kind + "/off";
        upload(key, message);
        Calls s3 = client(kind, builder -> builder.acceptForeignMessages(false));
        assertArrayEquals(message, s3.get(get(key).build()).asByteArray());
        assertEquals(message.length, head(s3, key).contentLength());
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoMessage_orNobodysHere_isGivenOutAsItIs(Calls.Kind kind) {
        byte[] ours = message(ClientSideFixture.bytes(10_000, 5));
        Map<String, byte[]> objects = Map.of(
                "empty", new byte[0],
                "one", new byte[] {2},
                "text", "name,amount\n".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "long", ClientSideFixture.bytes(300_000, 9),
                "begins like one", Arrays.copyOf(ours, 60),
                "suite of no version", new byte[] {2, 0, 20, 4, 5},
                "of another key",
                        message(
                                new byte[10_000],
                                "other",
                                CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
                                FRAME),
                // Its suite is one this reader does not accept, and it is not ours to judge.
                "old suite of another key",
                        message(
                                new byte[10_000],
                                "other",
                                CryptoAlgorithm.ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA256,
                                FRAME));
        objects.forEach((name, bytes) -> {
            String key = kind + "/plain/" + name;
            upload(key, bytes);
            Calls s3 = client(kind);
            ResponseBytes<GetObjectResponse> whole = s3.get(get(key).build());
            assertArrayEquals(bytes, whole.asByteArray(), name);
            assertEquals(bytes.length, whole.response().contentLength(), name);
            assertEquals(Optional.empty(), ClientSideObject.of(whole.response()), name);
            assertEquals(bytes.length, head(s3, key).contentLength(), name);
            if (bytes.length > 1) {
                assertArrayEquals(
                        Arrays.copyOfRange(bytes, 1, bytes.length),
                        s3.get(get(key).range("bytes=1-").build()).asByteArray(),
                        name);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedMessageOfOurKey_isRefused_notGivenOut(Calls.Kind kind) {
        byte[] message = message(ClientSideFixture.bytes(10_000, 5));
        int header = message.length - (10_000 + 2 * 32 + 40);
        byte[] wrappedKey = message.clone();
        // The wrapped key lies before content type, frame length, commitment and tag.
        wrappedKey[header - 60] ^= 1;
        byte[] tag = message.clone();
        tag[header - 1] ^= 1;
        byte[] frame = message.clone();
        frame[header + 100] ^= 1;
        String key = kind + "/damaged";
        upload(key, wrappedKey);
        assertThrows(KeyringException.class, () -> client(kind).get(get(key).build()));
        assertThrows(KeyringException.class, () -> head(client(kind), key));
        upload(key, tag);
        assertThrows(IntegrityException.class, () -> client(kind).get(get(key).build()));
        assertThrows(
                IntegrityException.class,
                () -> client(kind).get(get(key).range("bytes=0-1").build()));
        upload(key, frame);
        assertThrows(IntegrityException.class, () -> client(kind).get(get(key).build()));
    }

    @ParameterizedTest
    @EnumSource
    void aSignedOrUnframedMessage_isReadWhole_andHasNoRangesAndNoLength(Calls.Kind kind) {
        byte[] plain = ClientSideFixture.bytes(10_000, 6);
        Map<String, byte[]> messages = Map.of(
                "signed",
                message(plain, "wrapping", CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, FRAME),
                "unframed",
                message(plain, "wrapping", CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 0));
        messages.forEach((name, message) -> {
            String key = kind + "/" + name;
            upload(key, message);
            Calls s3 = client(kind);
            assertArrayEquals(plain, s3.get(get(key).build()).asByteArray(), name);
            assertNull(head(s3, key).contentLength(), name);
            OperationRefusedException refusal = assertThrows(
                    OperationRefusedException.class,
                    () -> s3.get(get(key).range("bytes=0-1").build()),
                    name);
            assertTrue(String.valueOf(refusal.getMessage()).contains("Read the whole object"), refusal::getMessage);
        });
    }

    @ParameterizedTest
    @EnumSource
    void whereClientSideIsRequired_aForeignMessageIsRead_andAPlainObjectRefused(Calls.Kind kind) {
        Calls s3 = client(kind, builder -> builder.requireClientSide(true));
        byte[] plain = ClientSideFixture.bytes(10_000, 7);
        String key = kind + "/required";
        upload(key, message(plain));
        assertArrayEquals(plain, s3.get(get(key).build()).asByteArray());
        assertArrayEquals(
                Arrays.copyOf(plain, 5),
                s3.get(get(key).range("bytes=0-4").build()).asByteArray());
        upload(key, plain);
        assertThrows(IntegrityException.class, () -> s3.get(get(key).build()));
        assertThrows(
                IntegrityException.class,
                () -> s3.get(get(key).range("bytes=0-4").build()));
        upload(key, message(plain));
        assertArrayEquals(plain, s3.get(get(key).build()).asByteArray());
        assertFalse(Arrays.equals(plain, ClientSideFixture.stored(key)));
    }
}
