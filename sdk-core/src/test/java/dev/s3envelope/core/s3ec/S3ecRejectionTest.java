package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RsaKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever was changed, nothing comes out. */
class S3ecRejectionTest {
    private static final byte[] PLAINTEXT = Fixture.seeded(11, 67);

    private static MapS3.Stored object(S3ecSuite suite) {
        if (suite.committing()) {
            return Fixture.encrypt(Fixture.aes(), PLAINTEXT);
        }
        MapS3 s3 = new MapS3();
        Peer.of(s3, Peer.aes(), suite).put("k", PLAINTEXT, Map.of());
        return s3.get("k");
    }

    private static void refused(MapS3.Stored stored) {
        assertThrows(IntegrityException.class, () -> Fixture.decrypt(Fixture.aes(), stored));
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void refusesEverySingleFlippedBit_inContentAndTag(S3ecSuite suite) {
        MapS3.Stored stored = object(suite);
        for (int bit = 0; bit < stored.body.length * 8; bit++) {
            byte[] changed = stored.body.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            refused(new MapS3.Stored(changed, stored.metadata));
        }
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void refusesEveryTruncation_andAnythingAppended(S3ecSuite suite) {
        MapS3.Stored stored = object(suite);
        for (int length = 0; length < stored.body.length; length++) {
            refused(new MapS3.Stored(Arrays.copyOf(stored.body, length), stored.metadata));
        }
        refused(new MapS3.Stored(Arrays.copyOf(stored.body, stored.body.length + 1), stored.metadata));
        refused(new MapS3.Stored(Arrays.copyOf(stored.body, stored.body.length + 16), stored.metadata));
    }

    /** Every bit of every binary entry of the metadata: wrapped key, message id or IV, commitment. */
    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void refusesEverySingleFlippedBit_inTheMetadata(S3ecSuite suite) {
        MapS3.Stored stored = object(suite);
        int refused = 0;
        for (String name : Set.of("x-amz-3", "x-amz-i", "x-amz-d", "x-amz-key-v2", "x-amz-iv")) {
            if (!stored.metadata.containsKey(name)) {
                continue;
            }
            byte[] value = Base64.getDecoder().decode(stored.metadata.get(name));
            for (int bit = 0; bit < value.length * 8; bit++) {
                byte[] changed = value.clone();
                changed[bit / 8] ^= (byte) (1 << (bit % 8));
                Map<String, String> metadata = new HashMap<>(stored.metadata);
                metadata.put(name, Base64.getEncoder().encodeToString(changed));
                assertThrows(
                        EnvelopeException.class,
                        () -> Fixture.decrypt(Fixture.aes(), metadata, stored.body),
                        name + " bit " + bit);
                refused++;
            }
        }
        assertEquals(suite.committing() ? (60 + 28 + 28) * 8 : (60 + 12) * 8, refused);
    }

    @Test
    void refusesAWrongCommitment_beforeAnyContent() {
        MapS3.Stored stored = object(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);
        MapS3.Stored other = object(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);
        stored.metadata.put("x-amz-d", other.metadata.get("x-amz-d"));
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);
        try (DataKey key = Fixture.unwrap(Fixture.aes(), envelope)) {
            IntegrityException e = assertThrows(
                    IntegrityException.class,
                    () -> S3ecDecryptor.start(Fixture.JDK, envelope, key, OptionalLong.empty(), Fixture.hold()));
            assertTrue(e.toString().contains("commitment"), e.toString());
        }
    }

    @Test
    void refusesAnotherKey_namingTheKeyring() {
        MapS3.Stored stored = object(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);
        S3ecKeyring other = new S3ecAesKeyring(Fixture.JDK, Fixture.RANDOM, new byte[32]);
        assertThrows(KeyringException.class, () -> Fixture.decrypt(other, stored));
        assertThrows(KeyringException.class, () -> Fixture.decrypt(Fixture.rsaKeyring(), stored));

        MapS3.Stored rsa = Fixture.encrypt(Fixture.rsaKeyring(), PLAINTEXT);
        var strangers = Fixture.rsa();
        S3ecKeyring stranger = new S3ecRsaKeyring(
                Fixture.JDK, Fixture.RANDOM, RsaKeys.of(strangers.getPublic(), strangers.getPrivate()));
        assertThrows(KeyringException.class, () -> Fixture.decrypt(stranger, rsa));
    }

    /** V3 metadata rewritten as V2, with the same wrapped key: the wrapping itself names the suite. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesADowngradeToV2_andTheReverse(boolean aes) {
        S3ecKeyring keyring = aes ? Fixture.aes() : Fixture.rsaKeyring();
        MapS3.Stored v3 = Fixture.encrypt(keyring, PLAINTEXT);
        S3ecEnvelope was = S3ecMetadata.parse(v3.metadata);
        S3ecEnvelope.V2 downgraded = new S3ecEnvelope.V2(
                was.wrapping(), was.wrappedKey(), new byte[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, Map.of());
        assertThrows(
                KeyringException.class, () -> Fixture.decrypt(keyring, S3ecMetadata.toMetadata(downgraded), v3.body));

        MapS3 s3 = new MapS3();
        Peer.of(s3, aes ? Peer.aes() : Peer.rsa(), S3ecSuite.AES_256_GCM_NO_KDF).put("k", PLAINTEXT, Map.of());
        S3ecEnvelope v2 = S3ecMetadata.parse(s3.get("k").metadata);
        S3ecEnvelope.V3 upgraded = new S3ecEnvelope.V3(
                v2.wrapping(), v2.wrappedKey(), Fixture.seeded(1, 28), Fixture.seeded(2, 28), Map.of());
        assertThrows(
                KeyringException.class,
                () -> Fixture.decrypt(keyring, S3ecMetadata.toMetadata(upgraded), s3.get("k").body));
    }

    @Test
    void refusesMetadataOfTwoFormats_andOneEntryTwice() {
        Map<String, String> mixed = new TreeMap<>(object(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY).metadata);
        Map<String, String> v2 = object(S3ecSuite.AES_256_GCM_NO_KDF).metadata;
        for (String name : v2.keySet()) {
            if (!S3ecMetadata.isReserved(name)) {
                continue;
            }
            Map<String, String> both = new TreeMap<>(mixed);
            both.put(name, v2.get(name));
            assertThrows(IntegrityException.class, () -> S3ecFormat.of(both), name);
        }
        mixed.put("X-Amz-C", "115");
        IntegrityException twice = assertThrows(IntegrityException.class, () -> S3ecMetadata.parse(mixed));
        assertTrue(twice.toString().contains("twice"), twice.toString());
    }

    @Test
    void refusesABodyOfAnotherLengthThanAnnounced() {
        MapS3.Stored stored = object(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);
        try (DataKey key = Fixture.unwrap(Fixture.aes(), envelope)) {
            for (int announced : new int[] {stored.body.length - 1, stored.body.length + 1}) {
                S3ecDecryptor decryptor =
                        S3ecDecryptor.start(Fixture.JDK, envelope, key, OptionalLong.of(announced), Fixture.hold());
                assertThrows(IntegrityException.class, () -> {
                    decryptor.update(stored.body, 0, stored.body.length);
                    decryptor.finish();
                });
                assertThrows(IllegalStateException.class, decryptor::finish);
            }
            S3ecDecryptor longer = S3ecDecryptor.start(Fixture.JDK, envelope, key, OptionalLong.of(16), Fixture.hold());
            Refused.by(IntegrityException.class, () -> longer.update(stored.body, 0, 17), "longer than its 16 bytes");
            S3ecDecryptor shorter =
                    S3ecDecryptor.start(Fixture.JDK, envelope, key, OptionalLong.of(16), Fixture.hold());
            shorter.update(stored.body, 0, 15);
            Refused.by(IntegrityException.class, shorter::finish, "ended after 15 of 16");
            for (long impossible : new long[] {0, 15, S3ecSuite.MAX_PLAINTEXT_LENGTH + 17}) {
                assertThrows(
                        IntegrityException.class,
                        () -> S3ecDecryptor.start(
                                Fixture.JDK, envelope, key, OptionalLong.of(impossible), Fixture.hold()));
            }
        }
    }

    @Test
    void leavesNoSpoolFile_whenTheObjectIsRefused(@TempDir Path spool) throws Exception {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), Fixture.seeded(1, 400_000));
        stored.body[300_000] ^= 1;
        assertThrows(
                IntegrityException.class,
                () -> Fixture.decrypt(
                        Fixture.aes(), stored.metadata, stored.body, Fixture.spoolingTo(spool), 9999, GcmTag.PIECE));
        try (var files = Files.list(spool)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void acceptsTheUnchangedObjects() {
        for (S3ecSuite suite : S3ecSuite.values()) {
            assertArrayEquals(PLAINTEXT, Fixture.decrypt(Fixture.aes(), object(suite)));
        }
    }
}
