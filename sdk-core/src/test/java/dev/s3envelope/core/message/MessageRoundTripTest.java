package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.OperationRefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the pieces input and output are cut into, the plaintext comes back, and the sizes are the announced ones. */
class MessageRoundTripTest {
    private static final long SEED = 71;
    private final MessageEngine engine = Fixture.engine();

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 32, 1000})
    void readsBack_howeverInputAndOutputAreCut(int frameLength) {
        for (int round = 0; round < 150; round++) {
            long seed = SEED * 1000 + round;
            Random random = new Random(seed);
            byte[] plaintext = Fixture.bytes(random, random.nextInt(5 * frameLength + 2));
            OptionalLong announced = random.nextBoolean() ? OptionalLong.of(plaintext.length) : OptionalLong.empty();
            try (OpenMessage message = Fixture.create(frameLength)) {
                byte[] encrypted = Fixture.encrypt(message.encryptor(announced), plaintext, random);
                assertEquals(
                        FrameLayout.ofPlaintext(message.header().length(), frameLength, plaintext.length)
                                .ciphertextLength(),
                        encrypted.length,
                        () -> "seed " + seed);
                assertArrayEquals(plaintext, Fixture.decrypt(engine, encrypted, random), () -> "seed " + seed);
            }
        }
    }

    @Test
    void everyRangeReads_ofASmallMessage() {
        for (int size : new int[] {1, 9, 10, 11, 20, 25}) {
            byte[] plaintext = Fixture.bytes(new Random(SEED), size);
            byte[] message;
            try (OpenMessage created = Fixture.create(10)) {
                message = Fixture.encrypt(created, plaintext);
            }
            try (OpenMessage open = Fixture.open(engine, message)) {
                for (int from = 0; from < size; from++) {
                    for (int to = from + 1; to <= size; to++) {
                        assertArrayEquals(
                                Arrays.copyOfRange(plaintext, from, to),
                                Fixture.range(
                                        open, message, new ByteSpan(from, to - from), new Random(from * 31L + to)));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 39, 40, 41, 79, 80, 81, 120, 200})
    void partsInAnyOrder_giveOneOrdinaryMessage(int size) {
        int partSize = 40;
        byte[] plaintext = Fixture.bytes(new Random(SEED), size);
        try (OpenMessage message = Fixture.create(10)) {
            List<byte[]> parts = new ArrayList<>(Collections.nCopies(size / partSize + 1, new byte[0]));
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, new Random(SEED));
            for (int i : order) {
                // The last part is shorter than the others; where none is, it is the empty final frame.
                byte[] part = Arrays.copyOfRange(plaintext, i * partSize, Math.min(size, (i + 1) * partSize));
                MessageEncryptor encryptor = message.partEncryptor(1 + 4L * i, part.length, i == parts.size() - 1);
                byte[] encrypted = Fixture.encrypt(encryptor, part, new Random(i));
                assertEquals(OptionalLong.of(encrypted.length), encryptor.outputLength());
                parts.set(i, encrypted);
            }
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            parts.forEach(whole::writeBytes);

            assertArrayEquals(plaintext, Fixture.decrypt(engine, whole.toByteArray(), new Random(SEED)));
            try (OpenMessage open = Fixture.open(engine, whole.toByteArray())) {
                assertEquals(size, open.layout(whole.size()).plaintextLength());
            }
        }
    }

    @Test
    void samePartAgain_isTheSameBytes_andAnotherPartIsRefused() {
        byte[] part = Fixture.bytes(new Random(SEED), 40);
        try (OpenMessage message = Fixture.create(10)) {
            byte[] first = Fixture.encrypt(message.partEncryptor(5, 40, false), part, null);
            byte[] again = Fixture.encrypt(message.partEncryptor(5, 40, false), part, new Random(SEED));
            assertArrayEquals(first, again);

            byte[] changed = part.clone();
            changed[25] ^= 1;
            MessageEncryptor encryptor = message.partEncryptor(5, 40, false);
            ByteBuffer out = ByteBuffer.allocate(1000);
            assertThrows(OperationRefusedException.class, () -> encryptor.encrypt(ByteBuffer.wrap(changed), out));
            assertEquals(2 * 42, out.position(), "the equal frames before the changed one, nothing of it");
            assertArrayEquals(Arrays.copyOf(first, 2 * 42), Arrays.copyOf(out.array(), 2 * 42));
            assertTrue(isZero(Arrays.copyOfRange(out.array(), 2 * 42, 1000)));
        }
    }

    @Test
    void partOfEqualContentButOtherKind_isRefused() {
        byte[] part = new byte[10];
        try (OpenMessage message = Fixture.create(10)) {
            Fixture.encrypt(message.partEncryptor(1, 10, false), part, null);
            assertThrows(
                    OperationRefusedException.class,
                    () -> Fixture.encrypt(message.partEncryptor(1, 10, true), part, null));
        }
    }

    @Test
    void retiredFrames_areNeverEncryptedAgain() {
        byte[] part = new byte[20];
        try (OpenMessage message = Fixture.create(10)) {
            Fixture.encrypt(message.partEncryptor(255, 20, false), part, null);
            message.ledger().retire(1, 600);
            assertThrows(
                    OperationRefusedException.class,
                    () -> Fixture.encrypt(message.partEncryptor(255, 20, false), part, null));
            assertThrows(
                    OperationRefusedException.class,
                    () -> Fixture.encrypt(message.partEncryptor(600, 10, false), new byte[10], null));
            Fixture.encrypt(message.partEncryptor(601, 10, false), new byte[10], null);
        }
    }

    @Test
    void bodyOfAnotherLengthThanAnnounced_isRefused() {
        try (OpenMessage message = Fixture.create(10)) {
            MessageEncryptor tooLong = message.encryptor(OptionalLong.of(5));
            assertThrows(
                    EnvelopeException.class,
                    () -> tooLong.encrypt(ByteBuffer.wrap(new byte[6]), ByteBuffer.allocate(1000)));
        }
        try (OpenMessage message = Fixture.create(10)) {
            MessageEncryptor tooLong = message.encryptor(OptionalLong.of(15));
            ByteBuffer out = ByteBuffer.allocate(1000);
            tooLong.encrypt(ByteBuffer.wrap(new byte[10]), out);
            assertThrows(EnvelopeException.class, () -> tooLong.encrypt(ByteBuffer.wrap(new byte[6]), out));
        }
        try (OpenMessage message = Fixture.create(10)) {
            MessageEncryptor tooShort = message.encryptor(OptionalLong.of(15));
            ByteBuffer out = ByteBuffer.allocate(1000);
            assertEquals(CodingStatus.NEED_INPUT, tooShort.encrypt(ByteBuffer.wrap(new byte[14]), out));
            assertThrows(EnvelopeException.class, () -> tooShort.finish(out));
        }
    }

    @Test
    void messageIsEncryptedOnce_andReadersCannotEncrypt() {
        try (OpenMessage message = Fixture.create(10)) {
            message.encryptor(OptionalLong.empty());
            assertThrows(IllegalStateException.class, () -> message.encryptor(OptionalLong.empty()));
            assertThrows(IllegalStateException.class, () -> message.partEncryptor(1, 10, true));
        }
        byte[] encrypted;
        try (OpenMessage message = Fixture.create(10)) {
            encrypted = Fixture.encrypt(message, new byte[3]);
        }
        try (OpenMessage open = Fixture.open(engine, encrypted)) {
            assertThrows(IllegalStateException.class, () -> open.encryptor(OptionalLong.empty()));
            assertThrows(IllegalStateException.class, () -> open.partEncryptor(1, 10, true));
        }
    }

    @Test
    void closedMessage_encryptsAndDecryptsNoMore() {
        OpenMessage message = Fixture.create(10);
        MessageEncryptor encryptor = message.encryptor(OptionalLong.of(10));
        message.close();
        assertThrows(
                IllegalStateException.class,
                () -> encryptor.encrypt(ByteBuffer.wrap(new byte[10]), ByteBuffer.allocate(1000)));
    }

    @Test
    void wholeFramesAreNotBuffered_whenInputAndOutputHaveRoom() {
        try (OpenMessage message = Fixture.create(1000)) {
            MessageEncryptor encryptor = message.encryptor(OptionalLong.of(3000));
            ByteBuffer out =
                    ByteBuffer.allocate(encryptor.pieceSize() + message.header().length());
            ByteBuffer in = ByteBuffer.wrap(new byte[3000]);
            assertEquals(CodingStatus.NEED_OUTPUT, encryptor.encrypt(in, out));
            assertEquals(2000, in.remaining(), "a frame that does not fit stays in the input");
            assertEquals(message.header().length() + 1032, out.position());
        }
    }

    @Test
    void heldPlaintext_hasRoomForWhatArrives() {
        byte[] plaintext = Fixture.bytes(new Random(SEED), 9_900);
        for (int first : new int[] {1, 100, 3000, 4096, 5000}) {
            try (OpenMessage message = Fixture.create(10_000)) {
                MessageEncryptor encryptor = message.encryptor(OptionalLong.empty());
                ByteBuffer out = ByteBuffer.allocate(20_000);
                encryptor.encrypt(ByteBuffer.wrap(plaintext, 0, first), out);
                encryptor.encrypt(ByteBuffer.wrap(plaintext, first, plaintext.length - first), out);
                assertEquals(CodingStatus.DONE, encryptor.finish(out));
                byte[] encrypted = Arrays.copyOf(out.array(), out.position());
                assertArrayEquals(plaintext, Fixture.decrypt(engine, encrypted, null));
            }
        }
    }

    @Test
    void emptyPartBeforeTheLast_isTheHeaderOrNothing() {
        try (OpenMessage message = Fixture.create(10)) {
            assertArrayEquals(
                    message.header().encoded(), Fixture.encrypt(message.partEncryptor(1, 0, false), new byte[0], null));
            assertEquals(0, Fixture.encrypt(message.partEncryptor(5, 0, false), new byte[0], null).length);
        }
    }

    @Test
    void plaintextAfterTheEnd_isRefused() {
        try (OpenMessage message = Fixture.create(10)) {
            MessageEncryptor encryptor = message.encryptor(OptionalLong.empty());
            assertEquals(OptionalLong.empty(), encryptor.outputLength());
            encryptor.encrypt(ByteBuffer.wrap(new byte[5]), ByteBuffer.allocate(1000));
            assertEquals(CodingStatus.NEED_OUTPUT, encryptor.finish(ByteBuffer.allocate(0)));
            IllegalStateException refusal = assertThrows(
                    IllegalStateException.class,
                    () -> encryptor.encrypt(ByteBuffer.wrap(new byte[1]), ByteBuffer.allocate(1000)));
            assertEquals("Plaintext after finish()", refusal.getMessage());
            ByteBuffer rest = ByteBuffer.allocate(1000);
            assertEquals(CodingStatus.DONE, encryptor.finish(rest));
            assertEquals(45, rest.position());
        }
    }

    @Test
    void resumedMessage_givesTheSameParts_andRefusesOthers() {
        byte[] part = Fixture.bytes(new Random(SEED), 40);
        try (OpenMessage message = Fixture.create(10)) {
            byte[] before = Fixture.encrypt(message.partEncryptor(5, 40, false), part, null);
            message.ledger().retire(300, 2);
            MessageHeader header = HeaderParser.parse(message.header().encoded(), Fixture.LIMITS);
            FrameLedger ledger = FrameLedger.restore(message.ledger().export());
            try (OpenMessage resumed =
                    Fixture.join(engine.resume(header, Fixture.keyring(), Optional.empty(), ledger))) {
                assertArrayEquals(before, Fixture.encrypt(resumed.partEncryptor(5, 40, false), part, null));
                refused(resumed.partEncryptor(5, 40, false), new byte[40]);
                refused(resumed.partEncryptor(301, 10, false), new byte[10]);
                Fixture.encrypt(resumed.partEncryptor(302, 10, false), new byte[10], null);
                assertThrows(IllegalStateException.class, () -> resumed.encryptor(OptionalLong.empty()));
            }
        }
    }

    @Test
    void ledger_exportsAndRestoresWhole() {
        try (OpenMessage message = Fixture.create(10)) {
            Fixture.encrypt(message.partEncryptor(200, 1000, false), new byte[1000], null);
            Fixture.encrypt(message.partEncryptor(600, 20, false), new byte[20], null);
            message.ledger().retire(512, 256);
            message.ledger().retire(3, 1);
            Fixture.encrypt(message.partEncryptor(1000, 20, false), new byte[20], null);
            byte[] exported = message.ledger().export();
            assertArrayEquals(exported, FrameLedger.restore(exported).export());
            FrameLedger restored = FrameLedger.restore(exported);
            for (long frame : new long[] {200, 299, 600, 1000, 1001}) {
                assertThrows(OperationRefusedException.class, () -> restored.enter(frame, new byte[16], 0));
            }
            restored.enter(1002, new byte[16], 0);
            assertArrayEquals(new byte[] {1}, new FrameLedger().export());
            for (int length = 0; length < exported.length; length += 41) {
                byte[] cut = Arrays.copyOf(exported, length);
                assertThrows(IllegalArgumentException.class, () -> FrameLedger.restore(cut));
            }
            assertThrows(IllegalArgumentException.class, () -> FrameLedger.restore(new byte[] {2}));
        }
    }

    @Test
    void messageInParts_isNotEncryptedAsAWholeToo() {
        try (OpenMessage message = Fixture.create(10)) {
            message.partEncryptor(1, 10, true);
            assertThrows(IllegalStateException.class, () -> message.encryptor(OptionalLong.empty()));
            message.partEncryptor(1, 10, true);
        }
    }

    private static void refused(MessageEncryptor encryptor, byte[] part) {
        assertThrows(OperationRefusedException.class, () -> Fixture.encrypt(encryptor, part, null));
    }

    @Test
    void twoMessagesUnderOneDataKey_haveDifferentIdsAndKeys() {
        byte[] plaintext = new byte[100];
        var materials = Fixture.join(Fixture.keyring().generate(Fixture.request()));
        byte[] first;
        byte[] second;
        try (materials;
                OpenMessage a = engine.create(materials, Fixture.IDENTITY, 4096);
                OpenMessage b = engine.create(materials, Fixture.IDENTITY, 4096)) {
            first = Fixture.encrypt(a, plaintext);
            second = Fixture.encrypt(b, plaintext);
        }
        int body = HeaderParser.parse(first, Fixture.LIMITS).length();
        assertFalse(Arrays.equals(
                Arrays.copyOfRange(first, body, first.length), Arrays.copyOfRange(second, body, second.length)));
        assertArrayEquals(plaintext, Fixture.decrypt(engine, first, null));
        assertArrayEquals(plaintext, Fixture.decrypt(engine, second, null));
    }

    private static boolean isZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
