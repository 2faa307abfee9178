package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.CryptoResult;
import com.amazonaws.encryptionsdk.MasterKeyProvider;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import com.amazonaws.encryptionsdk.kmssdkv2.KmsMasterKeyProvider;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.keyring.RawRsaKeyring;
import dev.s3envelope.core.keyring.RsaKeys;
import dev.s3envelope.core.message.HeaderLimits;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageHeader;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EnvelopeBuilder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Objects exchanged with aws-encryption-sdk-java, both ways, under raw AES, raw RSA and KMS keys: what our clients store is fetched with a plain client and
 * decrypted by the peer; what the peer encrypted is put with a plain client and read by ours.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientSidePeerTest {
    private static final long SEED = 20_261_121;
    private static final int FRAME = 4096;
    private static final int PART = 5 << 20;
    private static final Map<String, String> PEERS_CONTEXT = Map.of("tenant", "7", "path", "d\u00e9p\u00f4t \u2713");

    private final LocalAwsTarget target = new LocalAwsTarget();
    private final byte[] aes = ContractSuite.bytes(7, 32);
    private KeyPair rsa;

    /** The kinds of wrapping keys, as each side calls them. */
    enum Wrapping {
        AES {
            @Override
            Keyring ours(ClientSidePeerTest test) {
                return new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "peer", "aes", test.aes);
            }

            @Override
            MasterKeyProvider<?> theirs(ClientSidePeerTest test) {
                return JceMasterKey.getInstance(new SecretKeySpec(test.aes, "AES"), "peer", "aes", "AES/GCM/NoPadding");
            }
        },
        RSA {
            @Override
            Keyring ours(ClientSidePeerTest test) {
                return new RawRsaKeyring(
                        CryptoProvider.jdk(),
                        new SecureRandom(),
                        "peer",
                        "rsa",
                        RsaKeys.of(test.rsa.getPublic(), test.rsa.getPrivate()));
            }

            @Override
            MasterKeyProvider<?> theirs(ClientSidePeerTest test) {
                return JceMasterKey.getInstance(
                        test.rsa.getPublic(),
                        test.rsa.getPrivate(),
                        "peer",
                        "rsa",
                        "RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
            }
        },
        KMS {
            @Override
            Keyring ours(ClientSidePeerTest test) {
                return KmsKeyring.builder()
                        .client(test.kms())
                        .generator(test.target.kmsKey())
                        .build();
            }

            @Override
            MasterKeyProvider<?> theirs(ClientSidePeerTest test) {
                return KmsMasterKeyProvider.builder()
                        .customRegionalClientSupplier(region -> test.kms())
                        .buildStrict(test.target.kmsKey());
            }
        };

        abstract Keyring ours(ClientSidePeerTest test);

        abstract MasterKeyProvider<?> theirs(ClientSidePeerTest test);
    }

    @BeforeAll
    void makeKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = generator.generateKeyPair();
    }

    @AfterAll
    void close() {
        target.close();
    }

    static Stream<Arguments> clients() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> Stream.of(Wrapping.values()).map(wrapping -> Arguments.of(kind, wrapping)));
    }

    /** Around frames, around the largest body that is sealed in memory, and at random. */
    private static List<Integer> sizes(int frame, Random random) {
        List<Integer> sizes = new ArrayList<>(List.of(0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1));
        for (int frames : new int[] {1, 2, 7, 300}) {
            int whole = frames * frame;
            if (whole < 4 << 20) {
                sizes.addAll(List.of(whole - 1, whole, whole + 1));
            }
        }
        IntStream.range(0, 4).forEach(i -> sizes.add(random.nextInt(3 << 20)));
        return sizes;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("clients")
    void peerReadsWhatWePut(Calls.Kind kind, Wrapping wrapping) {
        Random random = new Random(SEED + wrapping.ordinal());
        for (int frame : new int[] {FRAME, 65_536}) {
            Calls s3 = client(kind, wrapping, frame);
            for (int size : sizes(frame, random)) {
                byte[] body = bytes(random, size);
                String key = kind + "/" + wrapping + "/put/" + frame + "/" + size;
                s3.put(put(key).build(), body);
                assertPeerReads(wrapping, key, body);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("clients")
    void peerReadsWhatWeUploadInParts(Calls.Kind kind, Wrapping wrapping) {
        Random random = new Random(SEED + wrapping.ordinal());
        Calls s3 = client(kind, wrapping, 65_536);
        // A last part of no bytes of its own, of one byte, of whole frames, and at random.
        for (int last : new int[] {PART, 1, 3 * 65_536, 1 + random.nextInt(PART - 1)}) {
            byte[] body = bytes(random, PART + last);
            String key = kind + "/" + wrapping + "/parts/" + last;
            upload(s3, key, body);
            assertPeerReads(wrapping, key, body);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("clients")
    void weReadWhatThePeerEncrypted(Calls.Kind kind, Wrapping wrapping) {
        Random random = new Random(SEED - wrapping.ordinal());
        Calls s3 = client(kind, wrapping, FRAME, builder -> builder.acceptForeignMessages(true));
        for (int frame : new int[] {FRAME, 65_536}) {
            for (int size : sizes(frame, random)) {
                byte[] body = bytes(random, size);
                String key = kind + "/" + wrapping + "/theirs/" + frame + "/" + size;
                putTheirs(wrapping, CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, frame, key, body);

                ResponseBytes<GetObjectResponse> read = s3.get(get(key).build());
                assertArrayEquals(body, read.asByteArray(), () -> seeded(key));
                assertEquals(size, read.response().contentLength());
                assertEquals(
                        Optional.of(IdentityCheck.FOREIGN),
                        ClientSideObject.of(read.response()).orElseThrow().identity());
                if (size > 0) {
                    int from = random.nextInt(size);
                    int to = from + random.nextInt(size - from);
                    assertArrayEquals(
                            Arrays.copyOfRange(body, from, to + 1),
                            s3.get(get(key).range("bytes=" + from + "-" + to).build())
                                    .asByteArray(),
                            () -> seeded(key));
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("clients")
    void weReadThePeersSignedMessages_wholeButNotInRanges(Calls.Kind kind, Wrapping wrapping) {
        Random random = new Random(SEED);
        Calls s3 = client(kind, wrapping, FRAME, builder -> builder.acceptForeignMessages(true));
        for (int size : new int[] {0, 1, FRAME, FRAME + 1, 100_003}) {
            byte[] body = bytes(random, size);
            String key = kind + "/" + wrapping + "/signed/" + size;
            putTheirs(wrapping, CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, FRAME, key, body);
            assertArrayEquals(body, s3.get(get(key).build()).asByteArray(), () -> seeded(key));
        }
        GetObjectRequest range = get(kind + "/" + wrapping + "/signed/100003")
                .range("bytes=5000-6000")
                .build();
        assertThrows(OperationRefusedException.class, () -> s3.get(range));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("clients")
    void thePeersMessages_areRefusedUnlessAccepted(Calls.Kind kind, Wrapping wrapping) {
        String key = kind + "/" + wrapping + "/foreign";
        putTheirs(wrapping, CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, FRAME, key, new byte[3 * FRAME]);
        Calls strict = client(kind, wrapping, FRAME);
        assertThrows(IntegrityException.class, () -> strict.get(get(key).build()));
        assertThrows(
                IntegrityException.class,
                () -> strict.get(get(key).range("bytes=0-9").build()));
    }

    private Calls client(Calls.Kind kind, Wrapping wrapping, int frame) {
        return client(kind, wrapping, frame, builder -> {});
    }

    private Calls client(Calls.Kind kind, Wrapping wrapping, int frame, Consumer<EnvelopeBuilder<?>> settings) {
        ClientSide mode = ClientSide.builder("peer", wrapping.ours(this))
                .frameLength(frame)
                .build();
        return kind.open(target, builder -> {
            builder.policy(EncryptionPolicy.always(mode));
            settings.accept(builder);
        });
    }

    private KmsClient kms() {
        LocalPrincipal root = target.aws().account(target.account().toString()).root();
        return target.aws().kms(root);
    }

    private void upload(Calls s3, String key, byte[] body) {
        String id = s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key(key)
                        .build())
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int number = 1; (number - 1) * PART < body.length; number++) {
            int start = (number - 1) * PART;
            UploadPartResponse sent = s3.part(
                    UploadPartRequest.builder()
                            .bucket(target.bucket())
                            .key(key)
                            .uploadId(id)
                            .partNumber(number)
                            .build(),
                    Arrays.copyOfRange(body, start, Math.min(body.length, start + PART)));
            parts.add(
                    CompletedPart.builder().partNumber(number).eTag(sent.eTag()).build());
        }
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(key)
                .uploadId(id)
                .multipartUpload(u -> u.parts(parts))
                .build());
    }

    private void assertPeerReads(Wrapping wrapping, String key, byte[] body) {
        byte[] stored = target.s3().getObjectAsBytes(get(key).build()).asByteArray();
        CryptoResult<byte[], ?> read = AwsCrypto.standard().decryptData(wrapping.theirs(this), stored);
        assertArrayEquals(body, read.getResult(), () -> seeded(key));
        assertEquals(
                Map.of("aws:s3:arn", "arn:aws:s3:::" + target.bucket()),
                read.getEncryptionContext(),
                () -> seeded(key));
    }

    /** Puts a message of the peer's with the mark that makes it readable. */
    private void putTheirs(Wrapping wrapping, CryptoAlgorithm suite, int frame, String key, byte[] body) {
        byte[] message = AwsCrypto.builder()
                .withEncryptionAlgorithm(suite)
                .withEncryptionFrameSize(frame)
                .build()
                .encryptData(wrapping.theirs(this), body, PEERS_CONTEXT)
                .getResult();
        MessageHeader header = HeaderParser.parse(message, HeaderLimits.DEFAULT);
        String mark = LayoutHint.of(header, OptionalLong.empty()).text();
        target.s3()
                .putObject(
                        put(key).metadata(Map.of(LayoutHint.METADATA_NAME, mark))
                                .build(),
                        RequestBody.fromBytes(message));
    }

    private PutObjectRequest.Builder put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private GetObjectRequest.Builder get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String seeded(String what) {
        return what + ", seed " + SEED;
    }
}
