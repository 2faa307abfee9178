package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.WatchedProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.security.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was secret is gone as soon as it is no longer needed, whatever went wrong. */
class WipingTest {
    private static final int F = 4096;

    private final WatchedProvider watched = new WatchedProvider();
    private final MessageEngine engine = MessageEngine.builder()
            .cryptoProvider(watched.choose())
            .commitmentPolicy(CommitmentPolicy.ALLOW_NON_COMMITTING)
            .build();
    private final Remembering keyring = new Remembering();
    private final byte[] plaintext = Fixture.bytes(new Random(9), 2 * F + 500);

    @Test
    void closedEncryptor_keepsNoPlaintext() {
        try (OpenMessage message = create()) {
            MessageEncryptor encryptor = message.encryptor(OptionalLong.empty());
            watched.forget();
            ByteBuffer out = ByteBuffer.allocate(3 * F);
            for (int at = 0; at < plaintext.length; at += 1000) {
                encryptor.encrypt(ByteBuffer.wrap(plaintext, at, Math.min(1000, plaintext.length - at)), out);
            }
            assertEquals(2, watched.inputs().size());
            assertFalse(WatchedProvider.wiped(watched.inputs()), "it holds the last bytes");
            encryptor.close();
            assertTrue(WatchedProvider.wiped(watched.inputs()));
            Refused.by(
                    IllegalStateException.class,
                    () -> encryptor.encrypt(ByteBuffer.allocate(1), ByteBuffer.allocate(10_000)),
                    "closed");
        }
    }

    @Test
    void plaintextHeldInALargerArray_isWipedInTheSmallerOne() throws Exception {
        Field field = MessageEncryptor.class.getDeclaredField("held");
        field.setAccessible(true);
        try (OpenMessage message = Fixture.create(10_000);
                MessageEncryptor encryptor = message.encryptor(OptionalLong.empty())) {
            ByteBuffer out = ByteBuffer.allocate(10_000);
            encryptor.encrypt(ByteBuffer.wrap(plaintext, 0, 3000), out);
            byte[] smaller = (byte[]) field.get(encryptor);
            assertEquals(4096, smaller.length, "no more than it may need");
            encryptor.encrypt(ByteBuffer.wrap(plaintext, 0, 1096), out);
            assertSame(smaller, field.get(encryptor), "there was room");
            encryptor.encrypt(ByteBuffer.wrap(plaintext, 3000, 3000), out);
            byte[] larger = (byte[]) field.get(encryptor);
            assertNotSame(smaller, larger);
            assertEquals(8192, larger.length);
            assertArrayEquals(new byte[4096], smaller);
            encryptor.encrypt(ByteBuffer.wrap(plaintext, 0, 4000), out);
            assertEquals(10_000, ((byte[]) field.get(encryptor)).length, "no more than a frame");
        }
    }

    @Test
    void closedDecryptor_keepsNoPlaintext() {
        byte[] message = message();
        try (OpenMessage open = open(message)) {
            int header = open.header().length();
            MessageDecryptor whole = open.decryptor();
            FrameLayout layout = open.layout(message.length);
            RangeDecryptor range = open.rangeDecryptor(layout, new ByteSpan(5, 100));
            watched.forget();
            ByteBuffer body = ByteBuffer.wrap(message, header, message.length - header);
            assertEquals(CodingStatus.NEED_OUTPUT, whole.decrypt(body.duplicate(), ByteBuffer.allocate(10)));
            assertEquals(
                    CodingStatus.NEED_OUTPUT,
                    range.decrypt(ByteBuffer.wrap(message, header, F + 32), ByteBuffer.allocate(10)));
            assertEquals(2, watched.outputs().size());
            assertFalse(WatchedProvider.wiped(watched.outputs()));
            whole.close();
            range.close();
            assertTrue(WatchedProvider.wiped(watched.outputs()));
            assertThrows(IntegrityException.class, () -> whole.decrypt(body, ByteBuffer.allocate(F)));
            assertThrows(IntegrityException.class, () -> range.finish(ByteBuffer.allocate(F)));
        }
    }

    @Test
    void closedOutlet_hasNothingLeft() {
        Outlet outlet = new Outlet();
        byte[] own = outlet.array(10);
        assertSame(own, outlet.array(9));
        assertSame(own, outlet.array(10), "used again");
        Arrays.fill(own, (byte) 7);
        outlet.offer(own, 2, 8);
        assertEquals(8, outlet.remaining());
        outlet.close();
        assertArrayEquals(new byte[10], own);
        assertEquals(0, outlet.remaining());
        assertTrue(outlet.drain(ByteBuffer.allocate(10)));
    }

    /** Some providers write before they know whether the tag is right. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void frameThatIsNotAuthentic_leavesNothingInTheOutput(boolean framed) {
        byte[] out = new byte[300];
        Arrays.fill(out, (byte) 7);
        try (OpenMessage message = create()) {
            FrameCipher cipher = message.frameCipher();
            byte[] frame = new byte[200];
            cipher.encrypt(1, false, plaintext, 0, 100, frame, 0);
            frame[20] ^= 1;
            watched.leak();
            assertThrows(IntegrityException.class, () -> {
                if (framed) {
                    cipher.decrypt(frame, 0, false, 1, 100, out, 50);
                } else {
                    cipher.decryptUnframed(frame, 100, out, 50);
                }
            });
        }
        onlyTheMiddleIsWiped(out);
    }

    @Test
    void frameTheProviderFailsAt_leavesNothingInTheOutput() {
        byte[] out = new byte[300];
        Arrays.fill(out, (byte) 7);
        try (OpenMessage message = create()) {
            FrameCipher cipher = message.frameCipher();
            byte[] frame = new byte[200];
            cipher.encrypt(1, false, plaintext, 0, 100, frame, 0);
            watched.failAfter(0);
            Refused.by(
                    IllegalStateException.class,
                    () -> cipher.decrypt(frame, 0, false, 1, 100, out, 50),
                    "Watched 1",
                    "decrypt");
            Refused.by(
                    IllegalStateException.class,
                    () -> cipher.encrypt(1, false, plaintext, 0, 100, frame, 0),
                    "Watched 1",
                    "encrypt");
        }
        onlyTheMiddleIsWiped(out);
    }

    @Test
    void keysOfAMessageThatDoesNotOpen_areDestroyed() {
        byte[] message = message();
        int header = HeaderParser.parse(message, Fixture.LIMITS).length();
        byte[] changed = message.clone();
        changed[header - 1] ^= 1;
        watched.forget();
        assertThrows(IntegrityException.class, () -> open(changed));
        allDestroyed();
        assertTrue(keyring.allClosed());
        MessageHeader whole = HeaderParser.parse(message, Fixture.LIMITS);
        try (DataKey key = Fixture.join(Fixture.keyring().unwrap(whole.materialsRequest(Optional.empty())))) {
            watched.forget();
            watched.failAfter(0);
            Refused.by(IllegalStateException.class, () -> engine.open(whole, key), "Watched 1", "header");
            allDestroyed();
        }
    }

    @Test
    void keysOfAMessageThatCannotBeWritten_areDestroyed() {
        try (EncryptionMaterials materials = Fixture.join(Fixture.keyring().generate(Fixture.request()))) {
            watched.forget();
            watched.failAfter(0);
            Refused.by(
                    IllegalStateException.class,
                    () -> engine.create(materials, Fixture.IDENTITY, F),
                    "Watched 1",
                    "header");
            allDestroyed();
        }
    }

    @Test
    void keysOfAMessage_areDestroyedWithIt_andTheDataKeyBefore() {
        try (OpenMessage created = create()) {
            assertTrue(keyring.allClosed());
            try (OpenMessage resumed =
                    Fixture.join(engine.resume(created.header(), keyring, Optional.empty(), new FrameLedger()))) {
                assertTrue(keyring.allClosed());
                resumed.partEncryptor(1, 10, true);
            }
        }
        open(message()).close();
        assertTrue(keyring.allClosed());
        allDestroyed();
    }

    private void allDestroyed() {
        List<Key> keys = watched.keysSeen().stream()
                .filter(key -> key.getAlgorithm().equals("AES"))
                .toList();
        assertFalse(keys.isEmpty());
        for (Key key : keys) {
            assertTrue(((SecretBytes) key).isDestroyed());
        }
        assertTrue(WatchedProvider.wiped(watched.macs()), "what the keys were derived from");
    }

    private static void onlyTheMiddleIsWiped(byte[] out) {
        byte[] expected = new byte[300];
        Arrays.fill(expected, (byte) 7);
        Arrays.fill(expected, 50, 150, (byte) 0);
        assertArrayEquals(expected, out);
    }

    private OpenMessage create() {
        return Fixture.join(engine.create(keyring, Fixture.request(), Fixture.IDENTITY, F));
    }

    private byte[] message() {
        try (OpenMessage message = create()) {
            return Fixture.encrypt(message, plaintext);
        }
    }

    private OpenMessage open(byte[] message) {
        return Fixture.join(engine.open(HeaderParser.parse(message, Fixture.LIMITS), keyring, Optional.empty()));
    }

    /** Knows every data key it gave away. */
    private static final class Remembering implements Keyring {
        private final Keyring keyring = Fixture.keyring();
        private final List<DataKey> given = new ArrayList<>();

        boolean allClosed() {
            assertFalse(given.isEmpty());
            return given.stream().allMatch(DataKey::isClosed);
        }

        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            return keyring.generate(request).thenApply(made -> {
                given.add(made.dataKey());
                return made;
            });
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            return keyring.wrap(dataKey, request);
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            return keyring.unwrap(request).thenApply(key -> {
                given.add(key);
                return key;
            });
        }
    }
}
