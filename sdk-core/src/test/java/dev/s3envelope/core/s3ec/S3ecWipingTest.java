package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.WatchedProvider;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RsaKeys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Content keys, data keys and plaintext are gone as soon as they are no longer needed, whatever went wrong. */
class S3ecWipingTest {
    private static final int FRAME = SpoolFile.FRAME;
    private static final int PIECE = GcmTag.PIECE;

    private final WatchedProvider watched = new WatchedProvider();
    private final CryptoProvider provider = watched.choose();
    private final S3ecMaterials materials = Fixture.aes()
            .generate(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, Map.of())
            .toCompletableFuture()
            .join();
    private final byte[] plaintext = Fixture.seeded(5, 3 * FRAME);
    private final byte[] out = new byte[4 * FRAME];

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void encryptor_forgetsItsKey_finishedOrRefusedOrClosed(boolean oneStream) {
        OptionalLong length = oneStream ? OptionalLong.of(100) : OptionalLong.empty();
        S3ecEncryptor finished = start(length);
        finished.update(plaintext, 0, 100, out, 0);
        aKeyIsHeld();
        finished.finish(out, 100);
        allDestroyed();

        watched.forget();
        S3ecEncryptor closed = start(length);
        closed.close();
        allDestroyed();
        assertThrows(IllegalStateException.class, () -> closed.update(plaintext, 0, 100, out, 0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void encryptorWithoutRoom_isBroken_andForgetsItsKey(boolean oneStream) {
        OptionalLong length = oneStream ? OptionalLong.of(100) : OptionalLong.empty();
        S3ecEncryptor updating = start(length);
        Refused.by(
                EnvelopeException.class,
                () -> updating.update(plaintext, 0, 100, new byte[50], 0),
                "Watched 1",
                "counter or GCM");
        allDestroyed();
        Refused.by(IllegalStateException.class, () -> updating.finish(out, 0), "finished or closed");
        if (oneStream) {
            watched.forget();
            S3ecEncryptor finishing = start(length);
            finishing.update(plaintext, 0, 100, out, 0);
            Refused.by(EnvelopeException.class, () -> finishing.finish(new byte[15], 0), "counter or GCM");
            allDestroyed();
        }
    }

    /** One GCM cipher does it all, as fast as the provider can, up to what every provider can count. */
    @Test
    void knownLengths_goThroughOneStream() {
        for (long length : new long[] {0, 1, S3ecEncryptor.ONE_STREAM}) {
            watched.forget();
            start(OptionalLong.of(length)).close();
            assertEquals(1, watched.ciphersMade(), length + " bytes");
        }
        for (OptionalLong length : List.of(OptionalLong.empty(), OptionalLong.of(S3ecEncryptor.ONE_STREAM + 1))) {
            watched.forget();
            start(length).close();
            assertTrue(watched.ciphersMade() > 1, "counter mode, and GMACs for the tag");
        }
    }

    @Test
    void encryptorTheProviderFailsAt_forgetsItsKey() {
        for (int initialisations : new int[] {0, 1}) {
            for (OptionalLong length : List.of(OptionalLong.of(5), OptionalLong.empty())) {
                watched.forget();
                watched.failAfter(length.isPresent() ? 0 : initialisations);
                Refused.by(EnvelopeException.class, () -> start(length), "Watched 1", "counter or GCM");
                allDestroyed();
            }
        }
    }

    @Test
    void decryptor_forgetsItsKey_whenItRefuses() {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        stored.body[7] ^= 1;
        S3ecDecryptor changed = decryptor(stored, OptionalLong.empty(), Fixture.hold());
        changed.update(stored.body, 0, stored.body.length);
        aKeyIsHeld();
        assertThrows(IntegrityException.class, changed::finish);
        allDestroyed();
        assertThrows(IllegalStateException.class, changed::finish);
        assertThrows(IllegalStateException.class, () -> changed.update(stored.body, 0, 1));

        watched.forget();
        S3ecDecryptor shorter = decryptor(stored, OptionalLong.of(stored.body.length), Fixture.hold());
        shorter.update(stored.body, 0, stored.body.length - 1);
        Refused.by(
                IntegrityException.class,
                shorter::finish,
                "ended after " + (stored.body.length - 1) + " of " + stored.body.length);
        allDestroyed();

        watched.forget();
        S3ecDecryptor longer = decryptor(stored, OptionalLong.of(stored.body.length - 1), Fixture.hold());
        Refused.by(
                IntegrityException.class,
                () -> longer.update(stored.body, 0, stored.body.length),
                "longer than its " + (stored.body.length - 1) + " bytes");
        allDestroyed();

        watched.forget();
        decryptor(stored, OptionalLong.empty(), Fixture.hold()).close();
        allDestroyed();
    }

    @Test
    void decryptorTheProviderFailsAt_forgetsItsKey() {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        watched.failAfter(0);
        Refused.by(
                EnvelopeException.class,
                () -> decryptor(stored, OptionalLong.empty(), Fixture.hold()),
                "Watched 1",
                "counter or GCM");
        allDestroyed();

        // Four ciphers are made at the start; the next initialisation is that of the GMAC's second piece.
        watched.forget();
        watched.failAfter(4);
        S3ecDecryptor decryptor = decryptor(stored, OptionalLong.empty(), Fixture.hold());
        aKeyIsHeld();
        assertThrows(EnvelopeException.class, () -> decryptor.update(stored.body, 0, PIECE + TAG));
        allDestroyed();

        watched.forget();
        watched.failAfter(4);
        S3ecDecryptor atTheEnd = decryptor(stored, OptionalLong.empty(), Fixture.hold());
        atTheEnd.update(stored.body, 0, 20);
        assertThrows(EnvelopeException.class, atTheEnd::finish);
        allDestroyed();
    }

    private static final int TAG = S3ecSuite.TAG_LENGTH;

    @Test
    void decryptorThatCannotSpool_forgetsItsKey(@TempDir Path spool) {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        S3ecDecryptor decryptor = decryptor(stored, OptionalLong.empty(), Fixture.spoolingTo(spool.resolve("missing")));
        Refused.by(
                EnvelopeException.class,
                () -> decryptor.update(stored.body, 0, stored.body.length),
                "create a spool file");
        allDestroyed();
    }

    @Test
    void verifiedPlaintext_isWipedBehindItself(@TempDir Path spool) throws IOException {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        S3ecDecryptor decryptor = decryptor(stored, OptionalLong.empty(), Fixture.spoolingTo(spool));
        decryptor.update(stored.body, 0, stored.body.length);
        VerifiedPlaintext verified = decryptor.finish();
        decryptor.close();
        List<byte[]> given = new ArrayList<>();
        long[] total = {0};
        verified.transferTo(new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("by single bytes");
            }

            @Override
            public void write(byte[] bytes, int offset, int count) {
                assertArrayEquals(
                        Arrays.copyOfRange(plaintext, (int) total[0], (int) total[0] + count),
                        Arrays.copyOfRange(bytes, offset, offset + count));
                total[0] += count;
                given.add(bytes);
            }
        });
        assertEquals(plaintext.length, total[0]);
        assertTrue(WatchedProvider.wiped(given));
        aKeyIsHeld();
        verified.close();
        allDestroyed();
    }

    @Test
    void plaintextOnItsWay_isWiped_whenItsReceiverFails() throws IOException {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        S3ecDecryptor decryptor = decryptor(stored, OptionalLong.empty(), Fixture.hold());
        decryptor.update(stored.body, 0, stored.body.length);
        try (VerifiedPlaintext verified = decryptor.finish()) {
            List<byte[]> given = new ArrayList<>();
            OutputStream full = new OutputStream() {
                @Override
                public void write(int one) {
                    throw new AssertionError("by single bytes");
                }

                @Override
                public void write(byte[] bytes, int offset, int count) throws IOException {
                    given.add(bytes);
                    throw new IOException("no room");
                }
            };
            assertThrows(IOException.class, () -> verified.transferTo(full));
            assertEquals(1, given.size());
            assertTrue(WatchedProvider.wiped(given));
            assertEquals(plaintext.length, verified.stream().transferTo(OutputStream.nullOutputStream()));
            var part = verified.stream(10, 1000);
            assertEquals(1000, part.available());
            assertEquals(0, part.read(new byte[5], 0, 0));
            assertEquals(7, part.readNBytes(7).length);
            assertEquals(993, part.available());
            assertThrows(IndexOutOfBoundsException.class, () -> part.read(new byte[5], 1, 5));
            assertEquals(993, part.transferTo(OutputStream.nullOutputStream()));
            assertEquals(-1, part.read());
            assertEquals(0, part.available());
        }
    }

    @Test
    void reading_keepsNoPlaintext_whenItEndsOrIsRefused() {
        try (S3ecBody body = S3ecBody.create(provider, Fixture.RANDOM, materials, PIECE + 10)) {
            ByteBuffer room = ByteBuffer.wrap(out);
            S3ecBody.Reading first = body.read();
            watched.forget();
            first.encrypt(ByteBuffer.wrap(plaintext, 0, PIECE + 10), room);
            assertFalse(WatchedProvider.wiped(List.of(plain())));
            first.close();
            assertTrue(WatchedProvider.wiped(List.of(plain())));

            S3ecBody.Reading other = body.read();
            watched.forget();
            assertThrows(
                    OperationRefusedException.class,
                    () -> other.encrypt(ByteBuffer.wrap(plaintext, 1, PIECE + 10), ByteBuffer.wrap(out)));
            assertTrue(WatchedProvider.wiped(List.of(plain())));
            Refused.by(IllegalStateException.class, () -> other.finish(room), "closed");

            S3ecBody.Reading failing = body.read();
            watched.forget();
            watched.failAfter(0);
            assertThrows(
                    EnvelopeException.class,
                    () -> failing.encrypt(ByteBuffer.wrap(plaintext, 0, PIECE + 10), ByteBuffer.wrap(out)));
            assertTrue(WatchedProvider.wiped(List.of(plain())));
            Refused.by(EnvelopeException.class, body::read, "counter or GCM");
        }
        allDestroyed();
    }

    @Test
    void cipherThatHoldsBackWholeBlocks_isNotUsed() {
        try (S3ecBody body = S3ecBody.create(provider, Fixture.RANDOM, materials, 16);
                S3ecBody.Reading reading = body.read()) {
            watched.holdBack();
            ByteBuffer room = ByteBuffer.wrap(out);
            reading.encrypt(ByteBuffer.wrap(plaintext, 0, 16), room);
            Refused.by(IllegalStateException.class, () -> reading.finish(room), "held back 1 bytes");
            assertEquals(0, room.position());
        }
    }

    private byte[] plain() {
        return watched.inputs().get(0);
    }

    @Test
    void dataKeys_areWipedOnTheirWayThroughAKeyring() {
        for (S3ecKeyring keyring : List.of(
                new S3ecAesKeyring(provider, Fixture.RANDOM, Fixture.AES),
                new S3ecRsaKeyring(
                        provider, Fixture.RANDOM, RsaKeys.of(Fixture.RSA.getPublic(), Fixture.RSA.getPrivate())))) {
            watched.forget();
            try (S3ecMaterials made = keyring.generate(materials.suite(), Map.of())
                    .toCompletableFuture()
                    .join()) {
                assertFalse(watched.inputs().isEmpty());
                assertTrue(WatchedProvider.wiped(watched.inputs()), keyring + " wraps");
                S3ecEnvelope envelope = new S3ecEnvelope.V3(
                        made.wrapping(),
                        made.wrappedKey(),
                        Fixture.seeded(1, 28),
                        Fixture.seeded(2, 28),
                        made.description());
                watched.forget();
                DataKey opened = Fixture.unwrap(keyring, envelope);
                assertEquals(made.dataKey(), opened);
                opened.close();
                assertFalse(watched.outputs().isEmpty());
                assertTrue(WatchedProvider.wiped(watched.outputs()), keyring + " unwraps");
            }
            watched.failAfter(0);
            Refused.by(KeyringException.class, keyring.generate(materials.suite(), Map.of()), keyring.toString());
            watched.failAfter(Integer.MAX_VALUE);
        }
    }

    @Test
    void closedAesKeyring_hasNoKey() {
        S3ecAesKeyring keyring = new S3ecAesKeyring(provider, Fixture.RANDOM, Fixture.AES);
        keyring.close();
        Refused.by(KeyringException.class, keyring.generate(materials.suite(), Map.of()), "cannot wrap");
    }

    @Test
    void materials_closeTheirDataKey() {
        materials.close();
        assertTrue(materials.dataKey().isClosed());
        assertThrows(IllegalStateException.class, () -> start(OptionalLong.of(1)));
    }

    @Test
    void bodyThatEndsEarly_isNoObject_andItsEncryptorForgetsNothingElse() {
        S3ecEncryptor encryptor = start(OptionalLong.of(11));
        encryptor.update(plaintext, 0, 10, out, 0);
        Refused.by(IllegalEncryptionException.class, () -> encryptor.finish(out, 10), "ended after 10 of the 11");
        encryptor.close();
        allDestroyed();
    }

    private S3ecEncryptor start(OptionalLong length) {
        return S3ecEncryptor.start(provider, Fixture.RANDOM, materials, length);
    }

    private S3ecDecryptor decryptor(MapS3.Stored stored, OptionalLong length, HoldBack hold) {
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);
        try (DataKey key = Fixture.unwrap(Fixture.aes(), envelope)) {
            return S3ecDecryptor.start(provider, envelope, key, length, hold);
        }
    }

    private void aKeyIsHeld() {
        assertTrue(aesKeys().anyMatch(key -> !key.isDestroyed()));
    }

    private void allDestroyed() {
        assertTrue(aesKeys().findAny().isPresent());
        assertTrue(aesKeys().allMatch(SecretBytes::isDestroyed));
    }

    private java.util.stream.Stream<SecretBytes> aesKeys() {
        return watched.keysSeen().stream()
                .filter(k -> k.getAlgorithm().equals("AES"))
                .map(SecretBytes.class::cast);
    }
}
