package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.Hkdf;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RawAesKeyring;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/**
 * Vectors that others publish, read from the directory in the system property {@code published.vectors}; not run without it. It holds
 * {@code commitment-test-vectors.json} (aws/aws-encryption-sdk-java, src/test/resources) and {@code aes_gcm_test.json}, {@code hkdf_sha256_test.json},
 * {@code hkdf_sha384_test.json}, {@code hkdf_sha512_test.json} (C2SP/wycheproof, testvectors_v1), and in {@code net} what is unpacked from
 * {@code v4-Net-4.0.1.zip} (aws/aws-encryption-sdk, test vectors of the .NET runtime).
 */
@EnabledIfSystemProperty(named = "published.vectors", matches = ".+")
class PublishedVectorsTest {
    private static final CryptoProvider PROVIDER = CryptoProvider.detect();

    private final MessageEngine engine =
            MessageEngine.builder().cryptoProvider(PROVIDER).build();

    @Test
    void commitmentVectors_readAndFailAsPublished() throws IOException {
        int run = 0;
        for (JsonNode test : json("commitment-test-vectors.json")
                .field("tests")
                .orElseThrow()
                .asArray()) {
            byte[] message = base64(test, "ciphertext");
            byte[] dataKey = base64(test, "decrypted-dek");
            String comment = text(test, "comment");
            if (!test.field("status").orElseThrow().asBoolean()) {
                assertThrows(IntegrityException.class, () -> read(message, dataKey), comment);
            } else {
                String plaintext = test.field("plaintext-frames").orElseThrow().asArray().stream()
                        .map(JsonNode::asString)
                        .collect(Collectors.joining());
                MessageHeader header = HeaderParser.parse(message, Fixture.LIMITS);
                assertArrayEquals(
                        base64(test, "header"),
                        Arrays.copyOf(header.encoded(), base64(test, "header").length),
                        comment);
                assertArrayEquals(base64(test, "commitment"), header.commitment(), comment);
                assertArrayEquals(base64(test, "message-id"), header.messageId(), comment);
                Map<String, String> context =
                        test.field("encryption-context").orElseThrow().asObject().entrySet().stream()
                                .collect(Collectors.toMap(
                                        Map.Entry::getKey, e -> e.getValue().asString()));
                assertEquals(context, header.encryptionContext().asMap(), comment);
                assertEquals(plaintext, new String(read(message, dataKey), StandardCharsets.UTF_8), comment);
            }
            run++;
        }
        assertEquals(46, run);
    }

    @Test
    void aesGcm_agreesWithWycheproof() throws Exception {
        int run = 0;
        for (JsonNode group :
                json("aes_gcm_test.json").field("testGroups").orElseThrow().asArray()) {
            if (!number(group, "ivSize").equals("96")
                    || !number(group, "tagSize").equals("128")) {
                continue; // the format has no other sizes
            }
            for (JsonNode test : group.field("tests").orElseThrow().asArray()) {
                boolean valid = text(test, "result").equals("valid");
                byte[] sealed = HexFormat.of().parseHex(text(test, "ct") + text(test, "tag"));
                Cipher cipher = PROVIDER.aesGcm();
                cipher.init(
                        Cipher.DECRYPT_MODE,
                        new SecretKeySpec(hex(test, "key"), "AES"),
                        new GCMParameterSpec(128, hex(test, "iv")));
                cipher.updateAAD(hex(test, "aad"));
                if (valid) {
                    assertArrayEquals(hex(test, "msg"), cipher.doFinal(sealed));
                } else {
                    assertThrows(GeneralSecurityException.class, () -> cipher.doFinal(sealed));
                }
                run++;
            }
        }
        assertTrue(run > 100, run + " tests");
    }

    @ParameterizedTest
    @EnumSource(Hkdf.Hash.class)
    void hkdf_agreesWithWycheproof(Hkdf.Hash hash) throws IOException {
        String file = "hkdf_" + hash.name().replace("_", "").toLowerCase(Locale.ROOT) + "_test.json";
        int run = 0;
        for (JsonNode group : json(file).field("testGroups").orElseThrow().asArray()) {
            for (JsonNode test : group.field("tests").orElseThrow().asArray()) {
                int size = Integer.parseInt(number(test, "size"));
                try (Hkdf hkdf = Hkdf.extract(PROVIDER, hash, hex(test, "salt"), hex(test, "ikm"))) {
                    if (text(test, "result").equals("valid")) {
                        assertArrayEquals(hex(test, "okm"), hkdf.expand(hex(test, "info"), size));
                    } else {
                        assertThrows(IllegalArgumentException.class, () -> hkdf.expand(hex(test, "info"), size));
                    }
                }
                run++;
            }
        }
        assertTrue(run > 50, run + " tests");
    }

    /** Eleven suites, raw AES key; those with a context that only the reader knows are left out, the format extension is not supported. */
    @Test
    void dotNetMessages_read() throws IOException {
        byte[] key = base64(
                json("net/keys.json")
                        .field("keys")
                        .orElseThrow()
                        .field("aes-256")
                        .orElseThrow(),
                "material");
        RawAesKeyring keyring =
                new RawAesKeyring(PROVIDER, new SecureRandom(), "aws-raw-vectors-persistant", "aes-256", key);
        MessageEngine lenient = MessageEngine.builder()
                .cryptoProvider(PROVIDER)
                .commitmentPolicy(CommitmentPolicy.ALLOW_NON_COMMITTING)
                .build();
        Set<AlgorithmSuite> suites = EnumSet.noneOf(AlgorithmSuite.class);
        for (JsonNode test : json("net/manifest.json")
                .field("tests")
                .orElseThrow()
                .asObject()
                .values()) {
            JsonNode master = test.field("master-keys").orElseThrow().asArray().get(0);
            if (!text(master, "key").equals("aes-256") || !text(test, "cmm").equals("Default")) {
                continue;
            }
            byte[] message = file(text(test, "ciphertext"));
            JsonNode output = test.field("result").orElseThrow().field("output").orElseThrow();
            MessageHeader header = HeaderParser.parse(message, Fixture.LIMITS);
            try (OpenMessage open = Fixture.join(lenient.open(header, keyring, Optional.empty()))) {
                assertArrayEquals(file(text(output, "plaintext")), body(open, message));
            }
            suites.add(header.suite());
        }
        assertEquals(EnumSet.allOf(AlgorithmSuite.class), suites);
    }

    private static byte[] file(String url) throws IOException {
        return Files.readAllBytes(Path.of(System.getProperty("published.vectors", ""))
                .resolve("net")
                .resolve(url.replace("file://", "")));
    }

    private static byte[] body(OpenMessage open, byte[] message) {
        try (MessageDecryptor decryptor = open.decryptor()) {
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            byte[] body = Arrays.copyOfRange(message, open.header().length(), message.length);
            Fixture.pump(decryptor::decrypt, decryptor::finish, body, new Random(5), released);
            assertTrue(decryptor.verified());
            return released.toByteArray();
        }
    }

    private byte[] read(byte[] message, byte[] dataKey) {
        MessageHeader header = HeaderParser.parse(message, Fixture.LIMITS);
        try (DataKey key = DataKey.copyOf(dataKey);
                OpenMessage open = engine.open(header, key)) {
            return body(open, message);
        }
    }

    private static JsonNode json(String name) throws IOException {
        Path directory = Path.of(System.getProperty("published.vectors", ""));
        return JsonNode.parser().parse(Files.readString(directory.resolve(name)));
    }

    private static String text(JsonNode test, String field) {
        return test.field(field).orElseThrow().asString();
    }

    private static String number(JsonNode test, String field) {
        return test.field(field).orElseThrow().asNumber();
    }

    private static byte[] base64(JsonNode test, String field) {
        return Base64.getMimeDecoder().decode(text(test, field));
    }

    private static byte[] hex(JsonNode test, String field) {
        return HexFormat.of().parseHex(text(test, field));
    }
}
