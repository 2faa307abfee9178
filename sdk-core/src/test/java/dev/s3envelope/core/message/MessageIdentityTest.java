package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageIdentityTest {
    private final MessageEngine engine = Fixture.engine();

    @ParameterizedTest
    @CsvSource({
        // written as, read as, read in bucket, under key, result
        "KEY, KEY, a, k, MATCHED",
        "KEY, KEY, b, k, MATCHED",
        "KEY, KEY, a, l, MISMATCH",
        "KEY, BUCKET_AND_KEY, a, k, MISMATCH",
        "KEY, OFF, a, l, NOT_ASKED",
        "BUCKET_AND_KEY, KEY, a, k, MATCHED",
        "BUCKET_AND_KEY, KEY, a, l, MISMATCH",
        "BUCKET_AND_KEY, BUCKET_AND_KEY, a, k, MATCHED",
        "BUCKET_AND_KEY, BUCKET_AND_KEY, b, k, MISMATCH",
        "BUCKET_AND_KEY, BUCKET_AND_KEY, a, l, MISMATCH",
        "OFF, OFF, a, k, NOT_ASKED",
        "OFF, KEY, a, k, MISMATCH",
    })
    void messageReadsUnderItsOwnName(
            ObjectIdentity written, ObjectIdentity read, String bucket, String key, IdentityCheck expected) {
        byte[] message = write(new MessageIdentity(written, "a", "k"), Fixture.CONTEXT);
        try (OpenMessage open = Fixture.open(engine, message)) {
            assertEquals(expected, open.identity(new MessageIdentity(read, bucket, key)));
        }
    }

    @Test
    void messageWithoutTheContextEntry_isForeign() {
        byte[] message = write(MessageIdentity.off(), EncryptionContext.empty());
        try (OpenMessage open = Fixture.open(engine, message)) {
            assertEquals(IdentityCheck.FOREIGN, open.identity(new MessageIdentity(ObjectIdentity.KEY, "a", "k")));
        }
    }

    @Test
    void messageOfAnotherSuite_isForeign_evenWithTheContextEntry() {
        byte[] signed = AwsCrypto.builder()
                .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384)
                .build()
                .encryptData(
                        JceMasterKey.getInstance(
                                new SecretKeySpec(Fixture.WRAPPING_KEY, "AES"),
                                "local",
                                "backup-2026",
                                "AES/GCM/NoPadding"),
                        new byte[5],
                        Fixture.CONTEXT.asMap())
                .getResult();
        try (OpenMessage open = Fixture.open(engine, signed)) {
            assertEquals(IdentityCheck.FOREIGN, open.identity(Fixture.IDENTITY));
        }
    }

    @Test
    void identityWithoutTheContextEntry_isNotWritten() {
        EncryptionMaterialsRequest bare = EncryptionMaterialsRequest.of(EncryptionContext.empty());
        assertThrows(IllegalArgumentException.class, () -> engine.create(Fixture.keyring(), bare, Fixture.IDENTITY));
    }

    @Test
    void messageId_isTheDocumentedDigest() throws Exception {
        byte[] id = new MessageIdentity(ObjectIdentity.BUCKET_AND_KEY, "bücket", "k/1")
                .newMessageId(Fixture.JDK, new SecureRandom());
        byte[] key = "k/1".getBytes(StandardCharsets.UTF_8);
        byte[] bucket = "bücket".getBytes(StandardCharsets.UTF_8);
        byte[] label = "s3-envelope/object-identity/v1".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer input = ByteBuffer.allocate(200);
        input.put(label).put((byte) 0).put(id, 0, 16).put((byte) 2);
        input.putInt(key.length).put(key).putInt(bucket.length).put(bucket);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(input.array(), input.position()));
        assertArrayEquals(Arrays.copyOf(digest, 16), Arrays.copyOfRange(id, 16, 32));
        assertEquals(32, id.length);
    }

    @Test
    void messageIds_areNeverTheSame() {
        byte[] one = Fixture.IDENTITY.newMessageId(Fixture.JDK, new SecureRandom());
        byte[] two = Fixture.IDENTITY.newMessageId(Fixture.JDK, new SecureRandom());
        assertFalse(Arrays.equals(one, 0, 16, two, 0, 16));
        assertFalse(Arrays.equals(one, 16, 32, two, 16, 32));
        byte[] off = MessageIdentity.off().newMessageId(Fixture.JDK, new SecureRandom());
        assertFalse(Arrays.equals(off, 16, 32, new byte[16], 0, 16));
    }

    private byte[] write(MessageIdentity identity, EncryptionContext context) {
        try (OpenMessage message =
                Fixture.join(engine.create(Fixture.keyring(), EncryptionMaterialsRequest.of(context), identity))) {
            assertEquals(context, message.header().encryptionContext());
            assertEquals(Optional.ofNullable(context.asMap().get("purpose")), context.get("purpose"));
            assertEquals(Map.copyOf(context.asMap()), context.asMap());
            return Fixture.encrypt(message, new byte[5]);
        }
    }
}
